// Before the theme's script looks: its bar, which is not shown, has the buttons that the script would take for the menus'.
const others = () => document.querySelectorAll(".bd-header .sidebar-toggle").forEach((button) => button.remove());
document.addEventListener("readystatechange", others, { once: true });

// A report link that says where the reader is: lesson, heading, version, browser; filled when it is pressed.
document.addEventListener("DOMContentLoaded", () => {
  const link = document.querySelector('a[href*="/issues/new"]');
  const fill = () => {
    const heading = [...document.querySelectorAll("main h1, main h2, main h3")].filter((one) => one.getBoundingClientRect().top < 120).pop();
    const words = (one) => one.innerText.replace(/#\s*$/, "").trim();
    const version = document.querySelector('meta[name="version"]')?.content ?? "that of the website";
    const body = [`Page: ${location.pathname}`, `Heading: ${words(heading ?? document.querySelector("h1"))}`,
      `Version: ${version}`, `Browser: ${navigator.userAgent}`, "", "What is wrong:", ""];
    const address = new URL(link.href);
    address.searchParams.set("title", `${words(document.querySelector("main h1"))}: `);
    address.searchParams.set("body", body.join("\n"));
    link.href = address.href;
  };
  for (const press of ["pointerdown", "click", "auxclick"]) link?.addEventListener(press, fill);
});

// Printed by day, whatever the theme; a teacher's page with its answers, a lesson without what only the screen needs.
let undo = [];
addEventListener("beforeprint", () => {
  const root = document.documentElement, { theme } = root.dataset;
  root.dataset.theme = "light";
  undo.push(() => (root.dataset.theme = theme));
  for (const fold of document.querySelectorAll("article details:not([open])")) {
    const key = location.pathname.includes("/teaching/") ? "open" : fold.textContent.startsWith("In words") ? "hidden" : null;
    if (!key) continue;
    fold[key] = true;
    undo.push(() => (fold[key] = false));
  }
});
addEventListener("afterprint", () => undo.splice(0).forEach((back) => back()));
