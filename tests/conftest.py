"""What all unit tests have in common: how much the property tests try, never against a clock, and a quicker start.

The property tests try a little, or much with HYPOTHESIS_PROFILE=thorough.
"""

import os
import sys

from hypothesis import settings

settings.register_profile("usual", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))

# nbformat imports jsonschema, and that this, if it is there: two seconds for a grammar of addresses we have none of.
sys.modules.setdefault("rfc3987_syntax", None)
