// What is read of a page: called with the elements that were found, or with the arguments alone.
(found, args) => {
  if (args === undefined) { args = found; found = []; }
  const folded = (text) => (text || "").replace(/\s+/g, " ").replace(/^[\s*✱]+|[\s*✱]+$/g, "").toLowerCase();
  const roots = (node, into) => {
    for (const one of node.querySelectorAll("*")) if (one.shadowRoot) { into.push(one.shadowRoot); roots(one.shadowRoot, into); }
    return into;
  };
  const label = (one) => {
    if (one.labels && one.labels.length) return [...one.labels].map((each) => each.textContent).join(" ");
    const by = one.getAttribute("aria-labelledby");
    const said = by && one.getRootNode().getElementById(by.split(" ")[0]);
    return one.getAttribute("aria-label") || (said && said.textContent) || one.value || "";
  };
  const boxes = found.filter((one) => one.type === "radio" || one.type === "checkbox");
  const buttons = found.filter((one) => one.tagName === "BUTTON");
  const kind = () => {
    if (found.some((one) => one.tagName === "SELECT")) return "select";
    if (found.some((one) => one.getAttribute("role") === "combobox")) return "combobox";
    if (buttons.length >= 2 && boxes.length <= 1) return "buttons";
    if (boxes.length) return boxes[0].type;
    return "text";
  };
  const chosen = (one) => {
    let box = one;
    for (let level = 0; level < 5 && box; level++, box = box.parentElement || (box.getRootNode() || {}).host) {
      const said = [...box.querySelectorAll("[class*=single-value], [class*=multi-value__label], [data-chosen]")];
      if (said.length) return said.map((each) => folded(each.textContent));
    }
    return one.value ? [folded(one.value)] : [];
  };
  switch (args[0]) {
    case "page":
      return document.documentElement.getHTML({ shadowRoots: roots(document, []), serializableShadowRoots: true });
    case "kind":
      return kind();
    case "labels":
      return found.map(label);
    case "holds": {
      const [, asked, value, id] = args;
      const wanted = (Array.isArray(value) ? value : [value]).map(folded);
      const same = (have) => have.length === wanted.length && wanted.every((one) => have.includes(one));
      if (asked === "file") {
        const everywhere = [document, ...roots(document, [])];
        const inputs = everywhere.flatMap((root) => [...root.querySelectorAll("input[type=file]")]);
        const text = everywhere.map((root) => (root.body ? root.body.innerText : root.textContent)).join(" ");
        const busy = everywhere.some((root) => root.querySelector("[aria-busy=true], [data-uploading]"));
        return !busy && (text.includes(value) || inputs.some((one) => [...one.files].some((file) => file.name === value)));
      }
      switch (kind()) {
        case "select": {
          const one = found.find((each) => each.tagName === "SELECT");
          return same([...one.selectedOptions].map((each) => folded(each.textContent)));
        }
        case "combobox":
          return same(chosen(found.find((one) => one.getAttribute("role") === "combobox")));
        case "buttons":
          return same(buttons.filter((one) => one.getAttribute("aria-pressed") === "true" || /active|selected/.test(one.className))
            .map((one) => folded(one.textContent)));
        case "radio":
        case "checkbox":
          if (asked === "consent" || boxes.length === 1) return boxes[0].checked === !["no", "off", "false"].includes(wanted[0]);
          return same(boxes.filter((one) => one.checked).map((one) => folded(label(one))));
        default: {
          const one = found.find((each) => each.tagName === "INPUT" || each.tagName === "TEXTAREA");
          if (!one) return false;
          if (asked === "phone") {
            const [have, want] = [one.value.replace(/\D/g, ""), String(value).replace(/\D/g, "")];
            return have.length > 5 && (want.endsWith(have.replace(/^0+/, "")) || have.endsWith(want.replace(/^0+/, "")));
          }
          return one.value.replace(/\r\n/g, "\n").trim() === String(value).replace(/\r\n/g, "\n").trim();
        }
      }
    }
  }
}
