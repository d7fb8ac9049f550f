// Lies over a widget's picture and lets people drag what it shows, with a mouse, a pen or a finger. The kernel says where
// the handles are and is told where one is dragged; both in fractions of the picture, from its upper left corner.

const SVG = "http://www.w3.org/2000/svg";
const ENDS = ["x1", "y1", "x2", "y2"];

// The point nearest to (x, y) of a straight line between two points; of a point, which is such a line too, itself.
export function nearest([x1, y1, x2, y2], x, y) {
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const along = length && ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length;
  const share = Math.min(Math.max(along, 0), 1);
  return [x1 + share * (x2 - x1), y1 + share * (y2 - y1)];
}

function render({ model, el }) {
  const svg = el.appendChild(document.createElementNS(SVG, "svg"));
  svg.setAttribute("aria-hidden", "true"); // for the keyboard and screen readers there are the sliders
  const lines = {};
  let held = null; // { name, id: of this drag, dx, dy: from the pointer to the handle when it was grabbed }

  function show() {
    const handles = model.get("places");
    for (const [name, ends] of Object.entries(handles)) {
      const line = (lines[name] ??= svg.appendChild(document.createElementNS(SVG, "line")));
      line.dataset.name = name;
      line.classList.toggle("point", ends[0] === ends[2] && ends[1] === ends[3]);
      ENDS.forEach((end, k) => line.setAttribute(end, `${100 * ends[k]}%`));
    }
    for (const [name, line] of Object.entries(lines)) line.style.display = name in handles ? "" : "none";
  }

  function at({ clientX, clientY }) {
    const { left, top, width, height } = svg.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }

  svg.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // a finger does not scroll
  svg.addEventListener("pointerdown", (event) => {
    const { name } = event.target.dataset;
    if (held || event.button !== 0 || !name) return;
    const [x, y] = at(event);
    const [nearX, nearY] = nearest(model.get("places")[name], x, y);
    held = { name, id: Date.now(), dx: nearX - x, dy: nearY - y };
    svg.setPointerCapture(event.pointerId);
    svg.classList.add("held");
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = at(event);
    model.set("dragged", [held.id, held.name, x + held.dx, y + held.dy]);
    model.save_changes(); // ipywidgets keeps one message in flight and of those that wait the last
  });
  svg.addEventListener("lostpointercapture", () => {
    held = null;
    svg.classList.remove("held");
  });
  model.on("change:places", show);
  show();
  return () => model.off("change:places", show);
}

export default { render };
