/* Comfort for the rug, none of it needed to read it: filter, sort, ranks, the map of one measure,
   and arrow keys that go where the eye goes. */
(function () {
  "use strict";
  var WEIGHT = { w2: 0, w1: 1, n2: 2, n1: 3, "": 4, b1: 5, b2: 6, x: 7 };
  function all(root, what) { return Array.prototype.slice.call(root.querySelectorAll(what)); }
  function seen(node) { return node.getClientRects().length > 0; }
  function judged(cell) { return (cell.className.match(/\b[bwn][12]\b/) || [""])[0]; }
  function option(select, value, words) {
    var made = document.createElement("option");
    made.value = value;
    made.textContent = words;
    select.appendChild(made);
  }

  function start(rug) {
    var table = rug.querySelector(".rug-scroll table"), find = rug.querySelector(".rug-find");
    if (!table || !find) { return; }
    var bodies = Array.prototype.slice.call(table.tBodies);
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells, 4);
    var names = heads.map(function (head) { return (head.querySelector(".vh") || head).textContent; });
    var firm = rug.querySelector(".rug-firm input"), said = rug.querySelector(".rug-said");
    var domain = rug.querySelector(".rug-domain"), sort = rug.querySelector(".rug-sort");
    var rows = [];
    bodies.forEach(function (body, part) {
      Array.prototype.slice.call(body.rows, 1).forEach(function (row) {
        rows.push({
          row: row, body: body, part: part, order: rows.length,
          name: row.querySelector("th a").textContent, href: row.querySelector("th a").getAttribute("href"),
          cells: Array.prototype.slice.call(row.cells, 4)
        });
      });
    });
    if (!rows.length) { return; }
    /* A phone shows cells as cards, and some browsers then forget that they are cells. */
    all(table, "td").forEach(function (cell) { cell.setAttribute("role", "cell"); });

    /* Filter and order. */
    function counts(cell) { return judged(cell) && !(firm && firm.checked && cell.classList.contains("d")); }
    function place(one, by) {
      if (by === "most") { return -one.cells.filter(counts).length; }
      var cell = one.cells[+by.slice(1)];
      var plain = cell.classList.contains("x") ? "x" : counts(cell) ? judged(cell) : "";
      return by[0] === "b" ? (plain === "x" ? 7 : 6 - WEIGHT[plain]) : WEIGHT[plain];
    }
    function arrange() {
      var by = sort.value, part = domain.value;
      var kept = rows.filter(function (one) { return part === "" || +part === one.part; });
      rows.forEach(function (one) { one.row.hidden = kept.indexOf(one) < 0; });
      rows.slice().sort(function (a, b) {
        var far = by === "" ? 0 : by === "name" ? a.name.localeCompare(b.name) : place(a, by) - place(b, by);
        return far || a.order - b.order;
      }).forEach(function (one) { (by === "" ? one.body : bodies[0]).appendChild(one.row); });
      bodies.forEach(function (body, number) {
        body.rows[0].hidden = by !== "" || (part !== "" && +part !== number);
      });
      heads.forEach(function (head, i) {
        var mine = by.slice(1) === String(i);
        head.setAttribute("aria-sort", mine ? (by[0] === "w" ? "ascending" : "descending") : "none");
      });
      tell();
    }
    function tell() {
      var shown = rows.filter(function (one) { return seen(one.row); });
      var whole = shown.length === rows.length && sort.value === "";
      said.textContent = whole ? "" : shown.length + " of " + rows.length + " measures" +
        (sort.value ? ", " + sort.options[sort.selectedIndex].textContent.toLowerCase().replace(/ in (.*)/, function () {
          return " in " + names[+sort.value.slice(1)];
        }) : "") + ".";
      var stop = table.querySelector("td summary[tabindex='0']");
      var first = shown.length ? shown[0].row.querySelector("td summary") : null;
      if (first && (!stop || !seen(stop))) {
        if (stop) { stop.tabIndex = -1; }
        first.tabIndex = 0;
      }
    }
    option(domain, "", "All measures");
    bodies.forEach(function (body, part) { option(domain, part, body.rows[0].textContent.trim()); });
    option(sort, "", "As in the report");
    option(sort, "most", "Most real differences first");
    option(sort, "name", "By name");
    names.forEach(function (name, i) { option(sort, "w" + i, "Worse first in " + name); });
    names.forEach(function (name, i) { option(sort, "b" + i, "Better first in " + name); });
    domain.addEventListener("change", arrange);
    sort.addEventListener("change", arrange);
    if (firm) { firm.addEventListener("change", arrange); }
    heads.forEach(function (head, i) {
      var button = document.createElement("button");
      button.type = "button";
      button.title = "Sort: worse first in " + names[i] + "; again: better first";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("click", function () {
        sort.value = sort.value === "w" + i ? "b" + i : sort.value === "b" + i ? "" : "w" + i;
        arrange();
      });
    });
    find.hidden = bodies.length < 2 && rows.length < 2;

    /* Ranks, from what each cell's details say. */
    var ranks = rug.querySelector(".rug-ranks");
    ranks.hidden = false;
    function showRanks() {
      if (table.querySelector("td b small")) { return; }
      rows.forEach(function (one) {
        one.cells.forEach(function (cell) {
          var rank = /Rank: (\d+ of \d+)(?:, ([A-D]))?$/m.exec((cell.querySelector("p") || cell).textContent);
          if (!rank) { return; }
          var made = document.createElement("small");
          made.textContent = rank[1] + (rank[2] ? " · " + rank[2] : "");
          cell.querySelector("b").appendChild(made);
        });
      });
    }
    ranks.querySelector("input").addEventListener("change", showRanks);
    if (ranks.querySelector("input").checked) { showRanks(); }

    /* The sheet of a cell leads to the measure's page. */
    table.addEventListener("toggle", function (event) {
      var cell = event.target, one = rows.filter(function (r) { return r.row.contains(cell); })[0];
      if (!cell.open || !one || one.href[0] === "#" || cell.querySelector("a")) { return; }
      var link = document.createElement("a");
      link.href = one.href;
      link.textContent = one.name + ": what it counts, and every series";
      cell.appendChild(link);
    }, true);

    /* Arrow keys among the cells that are seen, in the order that is seen. */
    table.addEventListener("keydown", function (event) {
      var here = event.target;
      if (here.tagName !== "SUMMARY" || event.altKey || event.ctrlKey || event.metaKey) { return; }
      var step = {
        ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0],
        Home: [0, -Infinity], End: [0, Infinity]
      }[event.key];
      if (!step) { return; }
      event.preventDefault();
      event.stopPropagation();
      var row = here.closest("tr"), column = here.closest("td").cellIndex, line;
      if (step[0]) {
        var shown = all(table, "tbody tr").filter(function (r) {
          return seen(r) && r.cells[column] && r.cells[column].querySelector("summary");
        });
        var to = shown[shown.indexOf(row) + step[0]];
        line = to ? [to.cells[column].querySelector("summary")] : [here];
      } else {
        line = all(row, "td summary");
        if (isFinite(step[1])) { line = [line[line.indexOf(here) + step[1]] || here]; }
      }
      all(table, "td details[open]").forEach(function (one) { one.open = false; });
      var next = line[step[1] === Infinity ? line.length - 1 : 0];
      all(table, "td summary[tabindex='0']").forEach(function (one) { one.tabIndex = -1; });
      next.tabIndex = 0;
      next.focus();
    }, true);

    /* The map: of one measure, if the reader asks. */
    var figure = rug.querySelector(".hexmap"), look = rug.querySelector(".rug-pick select");
    if (figure && look) { draw(figure, look, rows, names); }
    rug.classList.add("live");
  }

  function draw(figure, look, rows, names) {
    var shapes = all(figure, "polygon"), words = all(figure, "g.t"), svg = figure.querySelector("svg");
    var title = figure.querySelector("h3");
    var links = all(figure, "svg a"), note = figure.querySelector(".source");
    var first = {
      title: title.textContent, alt: svg.getAttribute("aria-label"),
      cells: words.map(function (g, i) {
        var text = g.querySelectorAll("text"), figureAt = g.querySelector(".v");
        return { value: figureAt.textContent, sign: text[text.length - 1] === figureAt ? "" : text[text.length - 1].textContent, css: "" };
      })
    };
    function set(cells, heading, alt) {
      title.textContent = heading;
      cells.forEach(function (cell, i) {
        var at = words[i].querySelector(".v"), under = at.nextElementSibling;
        if (!under) {
          under = document.createElementNS("http://www.w3.org/2000/svg", "text");
          under.setAttribute("x", at.getAttribute("x"));
          under.setAttribute("y", +at.getAttribute("y") + 15);
          words[i].appendChild(under);
        }
        at.textContent = cell.value;
        under.textContent = cell.sign;
        shapes[i].setAttribute("class", "h " + cell.css);
        words[i].setAttribute("class", "t " + cell.css);
        if (links[i]) { links[i].setAttribute("aria-label", names[i] + ": " + cell.value + (cell.sign ? ", " + cell.sign : "")); }
      });
      svg.setAttribute("aria-label", alt || "Map of the authorities: " + cells.map(function (cell, i) {
        return names[i] + " " + cell.value + " " + cell.sign;
      }).join("; ") + ".");
    }
    option(look, "", "How many figures differ");
    rows.forEach(function (one, i) { option(look, i, one.name); });
    look.closest("p").hidden = false;
    look.addEventListener("change", function () {
      var one = rows[+look.value];
      note.hidden = look.value !== "";
      if (look.value === "") { set(first.cells, first.title, first.alt); return; }
      set(one.cells.map(function (cell) {
        var bold = cell.querySelector("b"), under = bold.querySelector("i");
        return { value: bold.firstChild.textContent, sign: under ? under.textContent : "", css: judged(cell) };
      }), one.name + ", " + one.row.querySelector("td.p span").textContent.replace(/^./, function (c) { return c.toLowerCase(); }));
    });
  }

  document.querySelectorAll(".slinb.rug").forEach(start);
})();
