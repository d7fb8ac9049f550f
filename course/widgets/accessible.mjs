// What ipywidgets leaves out for people who do not see the screen: a name for each slider's handle and for the picture,
// and that words which change are read out. Shows nothing itself.

let count = 0;

export function label(explorer) {
  for (const slider of explorer.querySelectorAll(".widget-slider")) {
    const name = slider.querySelector(".widget-label").textContent;
    slider.querySelector("[role=slider]").setAttribute("aria-label", name);
  }
  for (const words of explorer.querySelectorAll(".explorer-lamp, .explorer-words")) {
    words.setAttribute("role", "status"); // "polite": spoken when the reader has finished what it is saying
  }
  const words = explorer.querySelector(".explorer-words");
  words.id ||= `explorer-words-${++count}`;
  explorer.querySelector("img").setAttribute("aria-labelledby", words.id);
}

function render({ el }) {
  const wait = () => (el.isConnected ? label(el.closest(".explorer")) : requestAnimationFrame(wait));
  wait();
}

export default { render };
