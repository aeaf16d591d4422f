/* Draws each plotly figure of the page from the data block beside it, in the page's colours. */
(function () {
  "use strict";
  var root = getComputedStyle(document.documentElement);
  function token(name) { return root.getPropertyValue("--" + name).trim(); }
  document.querySelectorAll("figure[data-plotly]").forEach(function (figure) {
    var drawing = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    var layout = drawing.layout || {};
    layout.font = Object.assign({}, layout.font, { color: token("ink") });
    layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)";
    // On a phone a finger on the chart scrolls the page.
    if (matchMedia("(pointer: coarse)").matches) { layout.dragmode = false; }
    var plot = figure.querySelector(".plot");
    plot.textContent = "";
    Plotly.newPlot(plot, drawing.data, layout, {
      displaylogo: false, responsive: true, scrollZoom: false
    });
  });
})();
