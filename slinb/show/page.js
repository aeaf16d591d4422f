/* Comfort for the rug, none of it needed to read it: one Tab stop, arrow keys, Escape. */
(function () {
  "use strict";
  function closeOthers(table, kept) {
    table.querySelectorAll("td details[open]").forEach(function (one) {
      if (one !== kept) { one.open = false; }
    });
  }
  function walk(table) {
    var rows = Array.prototype.map.call(table.querySelectorAll("tbody tr:not(.domain)"), function (row) {
      return Array.prototype.slice.call(row.querySelectorAll("td summary"));
    });
    if (!rows.length || !rows[0].length) { return; }
    var row = 0, column = 0;
    function stop(value) { rows[row][column].tabIndex = value; }
    function go(toRow, toColumn) {
      stop(-1);
      row = Math.max(0, Math.min(rows.length - 1, toRow));
      column = Math.max(0, Math.min(rows[row].length - 1, toColumn));
      stop(0);
    }
    rows.forEach(function (cells) { cells.forEach(function (cell) { cell.tabIndex = -1; }); });
    stop(0);
    table.addEventListener("focusin", function (event) {
      rows.forEach(function (cells, r) {
        var c = cells.indexOf(event.target);
        if (c >= 0) { go(r, c); }
      });
    });
    table.addEventListener("keydown", function (event) {
      if (event.target.tagName !== "SUMMARY" || event.altKey || event.ctrlKey || event.metaKey) { return; }
      var last = rows[row].length - 1;
      var to = {
        ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
        ArrowDown: [row + 1, column], ArrowUp: [row - 1, column],
        Home: [row, 0], End: [row, last]
      }[event.key];
      if (!to) { return; }
      event.preventDefault();
      closeOthers(table, null);
      go(to[0], to[1]);
      rows[row][column].focus();
    });
  }
  document.querySelectorAll(".rug table").forEach(function (table) {
    walk(table);
    table.addEventListener("toggle", function (event) {
      if (event.target.open) { closeOthers(table, event.target); }
    }, true);
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { closeOthers(table, null); }
    });
    document.addEventListener("click", function (event) {
      if (!event.target.closest("td details")) { closeOthers(table, null); }
    });
  });
})();
