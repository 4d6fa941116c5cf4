// One timer paints all clocks, from the times the server gave; the server's clock counts, not this machine's.
let skew = 0;
export const serverNow = () => Date.now() + skew;
export function setServerTime(iso) { skew = Date.parse(iso) - Date.now(); }

export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds)), hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60, secs = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${secs}` : `${minutes}:${secs}`;
}

function words(element, text) { if (element.textContent !== text) element.textContent = text; }

export function paint() {
  for (const one of document.querySelectorAll("[data-since]")) words(one, span((serverNow() - Date.parse(one.dataset.since)) / 1000));
  for (const one of document.querySelectorAll("[data-ends]")) {
    const left = Math.max(0, (Date.parse(one.dataset.ends) - serverNow()) / 1000);
    if (one.dataset.lasts) one.setAttribute("stroke-dashoffset", String(100 - Math.min(100, (left / one.dataset.lasts) * 100)));
    else words(one, one.hasAttribute("data-plain") ? String(Math.ceil(left)) : span(Math.ceil(left)));
  }
}
setInterval(paint, 1000);
