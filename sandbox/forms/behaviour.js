// How the re-made forms behave: lists that open, files that go ahead of the form, a CV reader that writes over, late drawing, checks, sending.
(() => {
  const form = window.sandboxForm, quirk = form.quirk || "", base = location.pathname.replace(/\/$/, "");
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const roots = () => { const into = [document]; for (let n = 0; n < into.length; n++)
    for (const one of into[n].querySelectorAll("*")) if (one.shadowRoot) into.push(one.shadowRoot); return into; };
  const all = (selector) => roots().flatMap((root) => [...root.querySelectorAll(selector)]);
  const shape = (tag, named, text) => { const one = document.createElement(tag);
    for (const [name, value] of Object.entries(named || {})) one.setAttribute(name, value); if (text) one.textContent = text; return one; };
  const fieldOf = (one) => (one.closest("[data-field-path]") || {dataset: {}}).dataset.fieldPath || one.dataset.name || one.id || one.name;
  const touched = new Set();
  document.addEventListener("input", (event) => touched.add(event.composedPath()[0]), true);

  // lists: opened by mousedown or ArrowDown, drawn elsewhere, chosen by mousedown; places are looked up while one types
  const places = ["Leeds, England", "Leeds, Alabama", "Berlin, Germany", "Lisbon, Portugal"];
  const offer = async (box, typed) => {
    const options = form.options[fieldOf(box)] || [];
    if (options.length) return options.filter((one) => one.toLowerCase().includes(typed.toLowerCase()));
    if (typed.length < 2) return [];
    await wait(form.slow ? 400 : 120);
    return places.filter((one) => one.toLowerCase().includes(typed.toLowerCase()));
  };
  const close = () => all("[role=listbox]").forEach((one) => one.remove());
  const open = async (box) => {
    const options = await offer(box, box.value);
    close();
    const list = shape("div", {role: "listbox", class: "select__menu", style: "border:1px solid;background:#fff;position:relative;z-index:9"});
    for (const text of options) {
      const one = shape("div", {role: "option", class: "select__option", style: "padding:4px"}, text);
      one.addEventListener("mousedown", (event) => { event.preventDefault(); choose(box, text); });
      list.append(one);
    }
    box.parentElement.append(list);
    box.setAttribute("aria-expanded", "true");
  };
  const choose = (box, text) => {
    close();
    box.setAttribute("aria-expanded", "false");
    if (box.classList.contains("select__input")) {
      const holder = box.closest(".select__value-container"), multi = box.dataset.multi === "1";
      if (!multi) holder.querySelectorAll("[class*=single-value]").forEach((one) => one.remove());
      holder.prepend(shape("div", {class: multi ? "select__multi-value__label" : "select__single-value"}, text));
      box.value = "";
      const twin = box.closest(".select").querySelector("[class*=requiredInput]");
      if (twin) twin.value = text;
    } else { box.value = text; box.dataset.kept = text; }
    save(box, text);
  };
  document.addEventListener("mousedown", (event) => { const box = event.composedPath()[0];
    if (box.getAttribute && box.getAttribute("role") === "combobox") open(box); else if (!(box.getAttribute && box.getAttribute("role") === "option")) close(); });
  document.addEventListener("input", (event) => { const box = event.composedPath()[0]; if (box.getAttribute("role") === "combobox") open(box); });
  document.addEventListener("focusout", (event) => { const box = event.composedPath()[0];
    if (box.getAttribute && box.getAttribute("role") === "combobox") setTimeout(() => { if (!box.classList.contains("select__input")) box.value = box.dataset.kept || ""; else box.value = ""; if ((document.activeElement.shadowRoot || document).activeElement?.getAttribute("role") !== "combobox") close(); }, 300); });

  // Lever's place: half a second after the last key, an option that must be chosen by mousedown
  all("[data-lookup]").forEach((box) => { let timer;
    box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => {
      const hidden = document.getElementById("selected-location"), found = places.find((one) => one === box.value);
      if (hidden) hidden.value = found ? JSON.stringify({name: found}) : "";
    }, 100); }); });

  // Yes and No as two buttons over a hidden box
  all("._yesno button").forEach((button) => button.addEventListener("click", () => {
    for (const one of button.parentElement.querySelectorAll("button")) { one.setAttribute("aria-pressed", String(one === button)); one.classList.toggle("_active", one === button); }
    button.parentElement.querySelector("input").checked = button.textContent === "Yes";
    save(button, button.textContent);
  }));

  // Ashby keeps every value while one types
  const save = (one, value) => { if (form.system === "ashby") fetch(`${base}/api/non-user-graphql?op=ApiSetFormValue`, {method: "POST", body: JSON.stringify({path: fieldOf(one), value})}); };
  if (form.system === "ashby") document.addEventListener("change", (event) => save(event.target, event.target.value));

  // files go ahead; what follows is each system's own
  document.addEventListener("change", async (event) => {
    const input = event.composedPath()[0];
    if (!input.dataset || !input.dataset.upload || !input.files.length) return;
    const name = input.files[0].name, holder = input.parentElement;
    holder.setAttribute("data-uploading", "");
    await fetch(`${base}/upload`, {method: "POST", body: input.files[0]});
    if (quirk === "slow") await wait(2500);
    holder.removeAttribute("data-uploading");
    input.dataset.kept = name;
    if (input.dataset.upload === "stored") holder.querySelector("input[type=hidden]").value = `https://store.example/${name}`;
    if (input.dataset.upload === "replaced") { holder.querySelectorAll("button, label").forEach((one) => one.remove()); holder.append(shape("p", {class: "file-upload__filename"}, name)); input.dataset.gone = "1"; input.style.display = "none"; }
    else holder.append(shape("span", {class: "filename"}, name));
    if (input.dataset.upload === "parsed") {
      holder.parentElement.querySelector("[name=resumeStorageId]").value = "stored-1";
      await wait(150);
      for (const [id, value] of [["name", "CV READER"], ["email", "reader@cv.example"]]) { const one = document.querySelector(`[name=${id}]`); if (!touched.has(one)) one.value = value; }
      holder.parentElement.querySelector(".resume-upload-success").style.display = "block";
    }
    if (input.dataset.upload === "shown" && form.system === "ashby") redraw();
    if (quirk === "overwrites") { await wait(600); const one = all("input[type=text]").find((each) => each.value); if (one) one.value = "CV READER"; }
    valid();
  });
  // the whole of it is drawn anew: what was found before is none of the page any more
  const redraw = () => all("[data-field-path] input[type=text], [data-field-path] input[type=email]").forEach((one) => { const copy = one.cloneNode(true); copy.value = one.value; one.replaceWith(copy); });
  if (quirk === "redraws" || form.system === "workable") setTimeout(() => all("main input[type=text], main input[type=email]").forEach((one) => { if (one.getRootNode() === document) { const copy = one.cloneNode(true); copy.value = one.value; one.replaceWith(copy); } }), 700);

  // what is filled in
  const values = () => {
    const found = {};
    for (const one of all("input, textarea, select")) {
      const name = one.dataset.name || one.name || one.id || fieldOf(one);
      if (!name || one.type === "submit") continue;
      if (one.type === "file") { if (one.dataset.kept || one.files.length) found[one.dataset.name || one.dataset.ui || name] = one.dataset.kept || one.files[0].name; }
      else if (one.closest && one.closest("._yesno")) { const on = one.closest("._yesno").querySelector("[aria-pressed=true]"); if (on) found[name] = on.textContent; }
      else if (one.type === "radio" || one.type === "checkbox") { if (one.checked) { const text = one.labels && one.labels[0] ? one.labels[0].textContent.trim() : one.value;
        const key = one.closest("[data-field-path]") ? fieldOf(one) : name; found[key] = one.type === "checkbox" && found[key] ? `${found[key]}|${text}` : text; } }
      else if (one.classList.contains("select__input")) { const said = [...one.closest(".select").querySelectorAll("[class*=single-value], [class*=multi-value__label]")].map((each) => each.textContent); if (said.length) found[name] = said.join("|"); }
      else if (one.getAttribute("role") === "combobox") { if (one.dataset.kept) found[one.dataset.name || fieldOf(one)] = one.dataset.kept; }
      else if (one.value) found[name] = one.value;
    }
    return found;
  };
  const missing = () => { const have = values(); return (form.required || []).filter((id) => !have[id]); };
  const valid = () => { if (form.system === "personio") { const button = document.querySelector("form button[type=submit]"); if (button) button.disabled = missing().length > 0; } };
  document.addEventListener("input", valid); document.addEventListener("change", valid);

  const complain = (text) => { all(".error").forEach((one) => one.remove()); document.querySelector("main").append(shape("p", {role: "alert", class: "error"}, text)); };
  const challenge = () => document.body.append(shape("div", {"data-challenge": "1", style: "width:300px;height:200px;background:#ddd;position:fixed;top:10px;left:10px"}, "Select all squares with bicycles"));
  if (quirk === "challenge-first") challenge();
  if (quirk === "outside") { // what a page of somebody's might try
    for (const where of ["http://127.0.0.1:9/asked", "https://elsewhere.example/asked", "file:///etc/hostname"]) fetch(where).catch(() => {});
    navigator.sendBeacon("http://127.0.0.1:9/told", "x");
    try { new WebSocket("ws://127.0.0.1:9/socket"); } catch { /* refused at once */ }
    document.body.append(shape("iframe", {src: "file:///etc/hostname"}), shape("iframe", {src: "http://127.0.0.1:9/frame"}));
    const link = shape("a", {href: `${base}/things.bin`, download: "things.bin"}, "things"); document.body.append(link); link.click();
    window.open("http://127.0.0.1:9/window");
  }
  if (quirk === "busy") setTimeout(() => { for (;;); }, 300); // a script that never ends
  if (quirk === "invisible") { const frame = shape("iframe", {src: "about:blank", title: "captcha", style: "display:none"}); document.body.append(frame); }

  // a phone number that is told apart by country: the flag beside it changes, and leaving it writes it in the country's own way
  if (quirk === "intl") all("input[type=tel]").forEach((one) => {
    const flag = shape("button", {type: "button", class: "iti__selected-country", "aria-label": "Selected country"}, "+49");
    one.before(flag);
    one.addEventListener("input", () => { if (/^\+44/.test(one.value)) flag.textContent = "+44"; one.dataset.whole = one.value; });
    one.addEventListener("blur", () => { one.value = one.value.replace(/^\+44\s*/, "0"); });
  });

  const success = () => {
    if (form.donePath) { location.assign(base + form.donePath); return; }
    const main = document.querySelector("main");
    main.innerHTML = form.doneHtml;
  };
  let sending = false;
  const send = async () => {
    const lacks = missing();
    if (lacks.length) { complain(`Please fill in ${lacks[0]}`); return; }
    if (quirk === "challenge") { challenge(); return; }
    if (sending && quirk !== "double") return;
    sending = true;
    if (quirk === "anyget") { location.assign(base + (form.donePath || "/thanks")); return; }
    if (quirk === "invisible") await wait(200);
    let answer;
    const boxes = all("[id^=security-input-]"), code = boxes.map((one) => one.value).join("");
    const post = () => fetch(base + form.post, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(code ? {...values(), security_code: code} : values())});
    try { const first = post(); if (quirk === "double") post().catch(() => {}); answer = await first; }
    catch { complain("Something went wrong. Please try again."); sending = false; return; }
    const body = await answer.text();
    if (answer.status === 428) { complain("Enter the security code that we sent you"); const set = shape("fieldset", {id: "email-verification"}); for (let n = 0; n < 8; n++) set.append(shape("input", {id: `security-input-${n}`, maxlength: 1})); if (!boxes.length) document.querySelector("form, main").append(set); sending = false; return; }
    if (!answer.ok) { complain(body.slice(0, 200)); sending = false; return; }
    if (body.includes("rror")) { complain("Your form needs corrections"); sending = false; return; }
    success();
  };
  const native = ["lever", "teamtailor"].includes(form.system);
  document.addEventListener("click", (event) => {
    const one = event.composedPath().find((each) => each.matches && each.matches(form.submit));
    if (!one) return;
    event.preventDefault();
    if (one.disabled) return;
    if (!native) { send(); return; }
    const lacks = missing();
    if (lacks.length) { complain(`Please fill in ${lacks[0]}`); return; }
    if (quirk === "challenge") { challenge(); return; }
    if (sending) return;
    sending = true;
    if (quirk === "anyget") { location.assign(base + form.donePath); return; }
    const whole = document.querySelector("form[method=post]");
    whole.action = base + form.post;
    for (const file of whole.querySelectorAll("input[type=file]")) { if (file.name) { const kept = shape("input", {type: "hidden", name: file.name, value: file.dataset.kept || ""}); file.replaceWith(kept); } }
    setTimeout(() => whole.submit(), quirk === "invisible" ? 300 : 20);
    if (quirk === "double") setTimeout(() => whole.submit(), 60);
  }, true);
  valid();
})();
