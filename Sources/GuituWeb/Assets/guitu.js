// What the pages do a little better with a script. Everything works without it,
// and nothing about a person is kept in the browser.

const search = document.getElementById("search");
const shortcuts = document.getElementById("shortcuts");

// The page says what is wrong first; bring a reader there.
document.getElementById("problems")?.focus();

// Keys: "/" looks for a person, "?" lists the keys, "g" and a letter goes there.
let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?" && shortcuts) {
    event.preventDefault();
    shortcuts.showModal();
  } else if (event.key === "g") {
    going = Date.now();
  } else if (Date.now() - going < 1500) {
    going = 0;
    document.querySelector(`.places a[data-key="${CSS.escape(event.key)}"]`)?.click();
  }
});

// A menu closes with Escape and with a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.me[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.me[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Leaving a form that was changed asks first; sending it does not. The second
// click on a button does nothing: the server would not do it twice either.
const changed = new Set();
for (const form of document.querySelectorAll("form.form")) {
  form.addEventListener("input", () => changed.add(form));
}
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    changed.delete(form);
    // After the browser has read the form, or the button's own value is lost.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}
// Typing is working: a session that ends when nobody uses it lives on.
let awake = Date.now();
document.addEventListener("input", () => {
  if (Date.now() - awake < 120000 || document.body.classList.contains("visitor")) return;
  awake = Date.now();
  fetch("/account/awake", { redirect: "manual" }).catch(() => {});
});

window.addEventListener("beforeunload", (event) => {
  if (changed.size > 0) event.preventDefault();
});

// Back from the next page: the form can be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
});
