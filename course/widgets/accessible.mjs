// What ipywidgets leaves out for people who do not see the screen or use no mouse: a name for each slider's handle and for
// the picture, that words which change are read out, and that keys typed on a control are the control's. Shows nothing.

let count = 0;

export function label(explorer) {
  explorer.addEventListener("focusin", ({ target }) => {
    target.dataset.lmSuppressShortcuts = "true"; // otherwise the host takes arrow keys, to move between cells
  });
  for (const slider of explorer.querySelectorAll(".widget-slider")) {
    const name = slider.querySelector(".widget-label").textContent;
    const handle = slider.querySelector("[role=slider]"), readout = slider.querySelector(".widget-readout");
    handle.setAttribute("aria-label", name);
    const tell = () => { // the slider itself tells a log slider's exponent, and 7.999999999999999 for 8
      if (readout.textContent && handle.getAttribute("aria-valuetext") !== readout.textContent) handle.setAttribute("aria-valuetext", readout.textContent);
    };
    tell();
    new MutationObserver(tell).observe(slider, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"] });
  }
  for (const words of explorer.querySelectorAll(".explorer-lamp, .explorer-words")) {
    words.setAttribute("role", "status"); // "polite": spoken when the reader has finished what it is saying
  }
  const words = explorer.querySelector(".explorer-words");
  if (!words) return; // a quiz
  words.id ||= `explorer-words-${++count}`;
  explorer.querySelector("img").setAttribute("aria-labelledby", words.id);
}

function render({ el }) {
  const wait = () => (el.isConnected ? label(el.closest(".explorer, .quiz")) : requestAnimationFrame(wait));
  wait();
}

export default { render };
