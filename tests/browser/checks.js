/* What a finished page is asked in the browser. Each question returns its defects as texts. */
window.slinbChecks = (() => {
  "use strict";
  const all = (css, root = document) => [...root.querySelectorAll(css)];
  const name = e => {
    const own = (e.getAttribute("aria-label") || e.textContent || "").trim().replace(/\s+/g, " ");
    const kind = e.getAttribute("class");
    return `${e.tagName.toLowerCase()}${kind ? "." + kind.split(" ").join(".") : ""} “${own.slice(0, 50)}”`;
  };
  const hidden = e => e.closest(".vh, .skip, [hidden]") || !e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })
    || getComputedStyle(e).clipPath !== "none" || ["absolute", "fixed"].includes(getComputedStyle(e).position) && e.getBoundingClientRect().right < 0;
  const scrolls = e => { for (let p = e.parentElement; p; p = p.parentElement) { if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return true; } return false; };
  const clipped = e => { for (let p = e; p; p = p.parentElement) { if (getComputedStyle(p).clipPath === "inset(50%)") return true; } return false; };

  function structure() {
    const found = [];
    const one = (css, least = 1) => {
      const n = all(css).length;
      if (n !== least) found.push(`${n} of ${css}, not ${least}`);
    };
    if (document.documentElement.lang !== "en-GB") found.push("language is not en-GB");
    one("h1"); one("main"); one("body > header"); one("body > footer");
    const order = all("body > header, body > main, body > footer").map(e => e.tagName).join(" ");
    if (order !== "HEADER MAIN FOOTER") found.push(`landmarks stand as ${order}`);
    let before = 0;
    for (const h of all("h1, h2, h3, h4, h5, h6")) {
      const level = Number(h.tagName[1]);
      if (level > before + 1) found.push(`${name(h)} follows a level ${before}`);
      if (!h.textContent.trim()) found.push("an empty heading");
      before = level;
    }
    const ids = all("[id]").map(e => e.id);
    for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) found.push(`id ${id} twice`);
    return found;
  }

  function policy() {
    const found = [];
    const metas = all("meta[http-equiv='Content-Security-Policy']");
    if (metas.length !== 1) return [`${metas.length} policies`];
    if (all("script, style, link, img").some(e => e.compareDocumentPosition(metas[0]) & Node.DOCUMENT_POSITION_FOLLOWING))
      found.push("something stands before the policy");
    const rules = Object.fromEntries(metas[0].content.split(";").map(r => r.trim().split(/\s+(.*)/s)));
    if (rules["default-src"] !== "'none'") found.push(`default-src ${rules["default-src"]}`);
    if (!/^('sha256-[\w+/=]+' ?)*$/.test(rules["script-src"] || "")) found.push(`script-src ${rules["script-src"]}`);
    if (rules["style-src"] !== "'unsafe-inline'") found.push(`style-src ${rules["style-src"]}`);
    for (const rule of ["base-uri", "form-action"])
      if (rules[rule] !== "'none'") found.push(`${rule} ${rules[rule]}`);
    for (const rule of Object.keys(rules))
      if (/connect|frame|worker|object|media|font/.test(rule) && rules[rule] !== "'none'") found.push(`${rule} ${rules[rule]}`);
    for (const e of all("*")) for (const a of e.attributes) if (/^on/i.test(a.name)) found.push(`${name(e)} has ${a.name}`);
    return found;
  }

  const alternative = e => (e.getAttribute("aria-label") || e.getAttribute("alt") ||
    (e.getAttribute("aria-labelledby") || "").split(/\s+/).map(i => document.getElementById(i)?.textContent || "").join(" ") ||
    e.querySelector?.(":scope > title")?.textContent || "").trim();

  /* A picture says its finding, or it is hidden because the words beside it do. */
  function pictures() {
    const found = [], heard = new Map();
    for (const e of all("svg, img, canvas, .plot")) {
      if (e.parentElement.closest("svg, .plot") || e.closest("#js-plotly-tester")) continue;
      if (e.tagName === "svg" && !e.getAttribute("role") && !e.getBoundingClientRect().width) continue;  // only shapes to repeat
      if (e.closest("[aria-hidden=true]")) {
        const beside = e.closest("td, th, li, dd, a, p, figure, summary");
        if (!beside || beside.textContent.trim().length < 3) found.push(`a hidden picture without words beside it: ${name(e.parentElement)}`);
        continue;
      }
      const text = alternative(e);
      if (text.split(/\s+/).length < 4 || /\.(png|svg|jpe?g)$/i.test(text)) found.push(`a picture says only “${text}”`);
      if (!e.matches(".plot") && e.getAttribute("role") !== "img" && e.tagName === "svg" && !e.querySelector("a")) found.push(`svg without a role: “${text.slice(0, 50)}”`);
      if (e.closest("td")) continue;  // its headings say of what
      const box = e.closest("figure, section, li, .slinb") || e;
      if (heard.has(text) && heard.get(text) !== box) found.push(`two pictures say “${text.slice(0, 60)}”`);
      heard.set(text, box);
    }
    return found;
  }

  /* Behind each chart lies a table: in the same figure, or in the part that it opens. */
  function tables() {
    const found = [];
    for (const e of all("figure, .hexmap")) {
      if (!e.querySelector("svg, .plot")) continue;
      if (e.parentElement.closest("figure, .hexmap")) continue;
      if (!(e.querySelector("table, dl, ul") || e.closest("section, article, details")?.querySelector("table")
        || e.parentElement.querySelector(":scope > table, :scope > .table-scroll table, :scope > details table")
        || e.nextElementSibling?.querySelector("table")))
        found.push(`no table behind “${(alternative(e.querySelector("svg, .plot")) || e.textContent).slice(0, 60)}”`);
    }
    for (const t of all("table")) {
      if (!t.closest(".prose") && !t.caption?.textContent.trim()) found.push(`a table without a caption: ${name(t)}`);
      if (!t.querySelector("th")) found.push(`a table without headings: ${name(t)}`);
    }
    return found;
  }

  /* 44 by 44 pixels, but for a link within a sentence (WCAG 2.2, 2.5.8) and one that is not seen. */
  function targets() {
    const found = [];
    const css = "a[href], button, summary, select, input:not([type=hidden]), textarea, [role=button], [role=tab], [role=option]";
    for (const e of all(css)) {
      if (hidden(e) || clipped(e) || e.closest(".plot")) continue;
      if (e.matches("a") && inSentence(e)) continue;
      let box = (e.matches("input") && e.closest("label") || e).getBoundingClientRect();
      if (!box.width) continue;
      if (box.height < 43.5 || box.width < 43.5) found.push(`${Math.round(box.width)} × ${Math.round(box.height)}: ${name(e)}`);
    }
    return found;
  }
  function inSentence(e) {
    const block = e.closest("p, li, dd, dt, td, th, figcaption, caption, small, blockquote, h2, h3, h4, text");
    if (!block || e.closest("svg")) return false;
    const copy = block.cloneNode(true);
    all("a", copy).forEach(a => a.remove());
    return getComputedStyle(e).display === "inline" && /\p{L}{2}/u.test(copy.textContent);
  }

  function overflow() {
    const width = document.documentElement.clientWidth, page = document.documentElement.scrollWidth;
    if (page <= width) return [];
    const wide = all("body *").filter(e => {
      const box = e.getBoundingClientRect();
      if (box.right <= width + 1 || !box.width || clipped(e)) return false;
      for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
        if (getComputedStyle(p).overflowX !== "visible") return false;
      return true;
    });
    return [`${page} > ${width}: ${wide.slice(0, 3).map(name).join("; ")}`];
  }

  /* Texts of SVG in the pixels in which they are seen. */
  function textSizes(least, leastDrawn, leastRead) {
    const found = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const e = node.parentElement;
      if (!/[\p{L}\p{N}]/u.test(node.textContent) || /SCRIPT|STYLE/.test(e.tagName) || hidden(e) || clipped(e)) continue;
      let size = parseFloat(getComputedStyle(e).fontSize), limit = least;
      if (e.ownerSVGElement) {
        const m = e.getScreenCTM?.(); size *= m ? Math.hypot(m.a, m.b) : 1; limit = leastDrawn;
      } else if (e.matches("p, li, dd, td, blockquote p") && !e.closest("small, .sign, .foot, .notes, .evidence, .source, .rug td, .rug-definitions small, .tag")) limit = leastRead;
      if (size < limit - .05) {
        const key = `${size.toFixed(1)} px in ${e.ownerSVGElement ? "svg." + (e.ownerSVGElement.getAttribute("class") || "") : e.tagName.toLowerCase() + "." + (e.className || "")}`;
        found.set(key, found.get(key) || node.textContent.trim().slice(0, 40));
      }
    }
    return [...found].map(([k, v]) => `${k}: “${v}”`);
  }

  /* Text that runs out of a box that does not scroll. */
  function cutOff() {
    const found = [];
    for (const e of all("main *")) {
      if (e.closest("svg, .vh, .plot") || hidden(e) || clipped(e)) continue;
      const style = getComputedStyle(e);
      if (!["hidden", "clip"].includes(style.overflowX) && !["hidden", "clip"].includes(style.overflowY)) continue;
      if (e.matches("summary") && style.position === "absolute") continue;
      if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) found.push(name(e));
    }
    for (const svg of all("main svg")) {
      if (hidden(svg) || clipped(svg) || scrolls(svg)) continue;
      for (const t of all("text", svg)) {
        const box = t.getBoundingClientRect();
        if (box.width && (box.left < -1 || box.right > innerWidth + 1)) found.push(`drawn text out of the window: ${name(t)}`);
      }
    }
    return found;
  }

  function motion() {
    const found = document.getAnimations().map(a => `moves: ${a.effect?.target ? name(a.effect.target) : "?"}`);
    for (const e of all("body, body *")) {
      const style = getComputedStyle(e);
      if (parseFloat(style.transitionDuration) > 0.01 || style.scrollBehavior === "smooth") { found.push(`moves: ${name(e)}`); break; }
    }
    return found;
  }

  const links = () => all("a[href]").map(a => a.getAttribute("href"));
  const anchors = () => links()
    .filter(h => h.length > 1 && h[0] === "#" && !document.getElementById(decodeURIComponent(h.slice(1))))
    .map(h => `leads nowhere: ${h}`);

  /* What a reader may open is looked at too, but for the cells of a rug: one opens at a time. */
  const unfold = () => all("details").forEach(d => { if (!d.closest("td")) d.open = true; });

  return {
    structure, policy, pictures, tables, targets, overflow, textSizes, cutOff, motion, links, anchors, unfold
  };
})();
