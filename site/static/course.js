// A report link that already says where the reader is; and on paper every description stands open.
document.addEventListener("DOMContentLoaded", () => {
  const link = document.querySelector('a[href*="/issues/new"]');
  if (!link) return;
  link.addEventListener("pointerenter", () => {
    const heading = [...document.querySelectorAll("h1, h2")].filter((h) => h.getBoundingClientRect().top < 120).pop();
    const where = heading ? heading.innerText.replace("#", "").trim() : document.title;
    const address = new URL(link.href);
    address.searchParams.set("title", `${document.title}: `);
    address.searchParams.set("body", `Where: ${where}\nPage: ${location.pathname}\nBrowser: ${navigator.userAgent}\n\nWhat is wrong:\n`);
    link.href = address.href;
  });
});
