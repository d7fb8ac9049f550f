// "Run it here" at the top of each lesson, and on the landing page. Before it is pressed nothing more is loaded, and no
// other host is asked for anything.
const folder = new URL(".", import.meta.url);
const title = document.querySelector(".bd-article h1");
const name = location.pathname.match(/notebooks\/(\w+)\.html$/)?.[1];
const scenes = document.querySelector("[data-scene]");
const again = (() => {
  try {
    return Boolean(name && localStorage.getItem(`neural-networks-from-scratch/again/${name}`)); // work.js writes it
  } catch {
    return false; // a browser that keeps nothing
  }
})();

function bar() {
  const box = document.createElement("div");
  box.className = again ? "live-start live-again" : "live-start";
  box.innerHTML = `<button type="button" class="live-button">▶ ${again ? "Go on" : "Run it here"}</button><p>${again
    ? "What you wrote in this lesson is kept in this browser." : scenes
    ? "The two pictures below come alive. Python starts in your browser: nothing to install, about 11 MB, once."
    : "The page becomes the lesson: change the code, answer the exercises, move the widgets. Python runs in your browser: nothing to install, about 20 MB, once. What you write stays in this browser."}</p>`;
  return box;
}

if (title && (name || scenes)) {
  const box = bar(), button = box.querySelector("button"), words = box.querySelector("p");
  title.after(box);
  button.addEventListener("click", async () => {
    button.disabled = true;
    words.textContent = "Loading …";
    try {
      const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("page.css", folder) });
      document.head.append(style);
      const page = await import("./page.js");
      await page.start(folder, name, box);
    } catch (error) {
      words.textContent = `This could not be loaded (${error.message}). Everything on the page can be read as before. Are you connected to the internet? Then try again.`;
      button.disabled = false;
    }
  });
}
