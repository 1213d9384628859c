// Keeps the page live: one stream in the visible tab, which says that something changed; what changed is fetched by the page's
// own address and filter. Without this script everything works, after a reload.
"use strict";
(() => {
  const live = document.querySelector("[data-live]"), news = document.querySelector("[data-news]");
  if (!live || !window.EventSource) return;
  const wants = live.dataset.live.split(" ");
  let stream, seen = Number(live.dataset.pulse || 0);
  const time = () => new Date().toTimeString().slice(0, 5);
  const say = (tone, text) => { live.className = "meta " + tone; live.textContent = text; };
  const swap = async (part) => {
    const answer = await fetch(location.href, { headers: { "X-Part": part } });
    if (!answer.ok || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part), old = document.getElementById(part);
    if (!fresh || !old) return;
    const focus = document.activeElement && document.activeElement.id;
    old.replaceWith(fresh);
    if (focus) document.getElementById(focus)?.focus();
  };
  const heard = (kind, event) => {
    if (!wants.includes(kind)) return;
    if (kind !== "alerts") return swap("facts");
    const number = Number(event.data) - seen;
    if (!news || number < 1) return;
    // Never under the pointer: the list stays until it is asked for.
    news.hidden = false;
    news.firstElementChild.textContent = number === 1 ? "1 new alert" : number + " new alerts";
    swap("facts");
  };
  news?.querySelector("a")?.addEventListener("click", async (event) => {
    event.preventDefault();
    await swap("list");
    const shown = /\d+/.exec(news.firstElementChild.textContent);
    seen += Number(shown ? shown[0] : 0);
    news.hidden = true;
  });
  const open = () => {
    if (stream || document.hidden) return;
    stream = new EventSource("/events");
    stream.addEventListener("hello", (event) => {
      say("ok", "● live");
      if (!seen) seen = Number(event.data);
      else if (Number(event.data) !== seen) heard("alerts", event);
    });
    for (const kind of ["alerts", "feeds", "deliveries"]) stream.addEventListener(kind, (event) => heard(kind, event));
    stream.onerror = () => say("warn", "not live since " + time() + ": reload");
  };
  const close = () => { stream?.close(); stream = undefined; };
  document.addEventListener("visibilitychange", () => document.hidden ? close() : open());
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
})();
