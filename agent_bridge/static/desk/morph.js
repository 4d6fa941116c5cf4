// Makes one tree look like another without replacing what is there: focus, typed text, chosen options, scroll positions and
// open parts stay with their elements. Children are paired by id, else by position and name.
const KEPT = new Set(["open", "data-is-busy"]);

function sameKind(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && (one.id || "") === (other.id || "");
}

function attributes(from, to) {
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && !KEPT.has(name)) from.removeAttribute(name);
  for (const { name, value } of [...to.attributes]) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
}

function element(from, to) {
  attributes(from, to);
  // What a person typed or chose belongs to the person; a select keeps its options and its choice.
  if (from.nodeName !== "SELECT" && from.nodeName !== "TEXTAREA") children(from, to);
}

function children(from, to) {
  const known = new Map([...from.children].filter((one) => one.id).map((one) => [one.id, one]));
  let here = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    let found = wanted.id ? known.get(wanted.id) : null;
    if (!found && here && !(here.id && !wanted.id) && sameKind(here, wanted)) found = here;
    if (found && sameKind(found, wanted)) {
      if (found !== here) from.insertBefore(found, here); else here = here.nextSibling;
      if (found.nodeType === Node.ELEMENT_NODE) element(found, wanted);
      else if (found.nodeValue !== wanted.nodeValue) found.nodeValue = wanted.nodeValue;
    } else {
      from.insertBefore(wanted, here);
    }
  }
  while (here) { const next = here.nextSibling; here.remove(); here = next; }
}

export function morph(target, html) {
  const wanted = document.createElement("template");
  wanted.innerHTML = html;
  children(target, wanted.content);
}
