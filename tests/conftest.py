"""How much the property tests try: a little, or much with HYPOTHESIS_PROFILE=thorough; and never against a clock."""

import os

from hypothesis import settings

settings.register_profile("usual", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))
