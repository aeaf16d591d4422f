/* The explorer: draws what the controls choose from the page's block of data; it computes nothing. */
(function () {
  "use strict";
  document.querySelectorAll(".explorer").forEach(function (root) {
    var data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    var form = root.querySelector("form"), plot = root.querySelector(".plot");
    var pick = {};
    ["kind", "measure", "view", "benchmark"].forEach(function (name) {
      pick[name] = root.querySelector("#explorer-" + name);
    });
    var boxes = Array.prototype.slice.call(root.querySelectorAll(".boxes input"));

    function token(name) {
      return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim() || data.colours[name];
    }
    function measures() { return data.kinds[pick.kind.value].measures; }
    function find() {
      return measures().filter(function (one) { return one.measure === pick.measure.value; })[0] || measures()[0];
    }
    function chosen() {
      return boxes.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
    }
    function write(value, measure) {
      if (value === null || value === undefined) { return ""; }
      var text = Math.abs(value).toLocaleString("en-GB", {
        minimumFractionDigits: measure.decimals, maximumFractionDigits: measure.decimals
      });
      return (value < 0 ? "\u2212" : "") + text + (measure.unit === "%" ? "%" : "");
    }
    function nameFigures(measure) {
      // Many a title ends with the unit: "Contacts with children's social care, per 10,000 children".
      return measure.title.endsWith(measure.unit) ? measure.title : measure.title + ", " + measure.unit;
    }
    function word(judgement) {
      var found = /(better|worse|higher|lower)$/.exec(judgement || "");
      return found ? found[1] : "";
    }
    function colourOf(judgement) {
      var said = word(judgement);
      return said === "better" || said === "worse" ? token(said) : said ? token("neutral") : token("rule");
    }
    function shapeOf(judgement) {
      return /\u25b2/.test(judgement || "") ? "triangle-up" : /\u25bc/.test(judgement || "") ? "triangle-down" : "circle-open";
    }

    function fillMeasures() {
      var last = pick.measure.value, groups = {};
      pick.measure.textContent = "";
      measures().forEach(function (one) {
        if (!groups[one.domain]) {
          groups[one.domain] = document.createElement("optgroup");
          groups[one.domain].label = one.domain;
          pick.measure.appendChild(groups[one.domain]);
        }
        var option = document.createElement("option");
        option.value = one.measure;
        option.textContent = one.short;
        groups[one.domain].appendChild(option);
      });
      if (measures().some(function (one) { return one.measure === last; })) { pick.measure.value = last; }
    }
    function fitViews(measure) {
      var has = { trend: measure.trend.length > 0, comparison: measure.comparison.length > 0, funnel: !!measure.funnel.area };
      Array.prototype.forEach.call(pick.view.options, function (option) {
        option.disabled = !has[option.value];
      });
      if (!has[pick.view.value]) { pick.view.value = has.trend ? "trend" : "comparison"; }
      root.querySelector(".benchmark").hidden = pick.view.value !== "comparison";
    }
    function frame(measure, more) {
      var axis = { gridcolor: token("line"), linecolor: token("rule"), zerolinecolor: token("rule"), automargin: true, fixedrange: true };
      var layout = {
        font: { family: getComputedStyle(document.body).fontFamily, size: 15, color: token("ink") },
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
        margin: { l: 8, r: 16, t: 16, b: 8 }, hoverlabel: { font: { size: 15 } },
        xaxis: Object.assign({}, axis, { showgrid: false }), yaxis: Object.assign({}, axis)
      };
      return more(layout, axis) || layout;
    }

    function drawTrend(measure, areas) {
      var narrow = plot.clientWidth < 640, traces = [], rows = [], said = [];
      var series = measure.trend.filter(function (one) { return areas.indexOf(one.area) >= 0; }).map(function (one) {
        var blank = one.period.map(function () { return ""; });
        var when = one.period.map(function (period) { return measure.when[period]; });
        return Object.assign({ signal: blank, why: blank, when: when }, one);
      });
      var dashes = ["solid", "dash", "dot"];
      series.forEach(function (one, place) {
        var colour = token(data.palette[place % data.palette.length]);
        var segments = one.segment.filter(function (s, i, all) { return all.indexOf(s) === i; });
        segments.forEach(function (segment) {
          function part(column) { return column.map(function (v, i) { return one.segment[i] === segment ? v : null; }); }
          traces.push({
            x: one.when, y: part(one.value), mode: "lines+markers", type: "scatter", connectgaps: false,
            name: one.area, line: { color: colour, width: 2.5, dash: dashes[Math.floor(place / data.palette.length) % 3] },
            marker: {
              color: one.signal.map(function (s) { return s ? colourOf(s) : colour; }),
              symbol: one.signal.map(function (s) { return s ? shapeOf(s) : "circle"; }),
              size: one.signal.map(function (s) { return s ? 13 : 7; }), opacity: 1
            },
            text: one.when.map(function (when, i) {
              return one.area + ", " + when + ": " + write(one.value[i], measure) + (one.signal[i] ? "<br>signal: " + one.signal[i] : "");
            }),
            hovertemplate: "%{text}<extra></extra>"
          });
          if (series.length === 1) {
            ["mean", "lower", "upper"].forEach(function (name) {
              traces.push({ x: one.when, y: part(one[name]), mode: "lines", type: "scatter", hoverinfo: "skip", connectgaps: false,
                line: { color: token(name === "mean" ? "ink-soft" : "rule"), width: name === "mean" ? 1.5 : 1.5, dash: name === "mean" ? "dash" : "dot" } });
            });
          }
        });
        var last = one.when.length - 1;
        one.when.forEach(function (when, i) {
          rows.push([one.area, when, one.value[i] === null ? one.why[i] : write(one.value[i], measure),
            measure.twelve ? write(one.rolling[i], measure) : "", write(one.lower[i], measure), write(one.upper[i], measure), one.signal[i]]);
        });
        said.push(one.area + " " + (one.value[last] === null ? one.why[last] : write(one.value[last], measure)) + (one.signal[last] ? ", signal " + one.signal[last] : ""));
      });
      var lines = series.length === 1 ? " Dashed: mean; dotted: the limits within which chance alone carries it." : "";
      return {
        traces: traces, rows: rows,
        head: ["Area", "Quarter", "Quarter's own figure"].concat(measure.twelve ? ["Twelve months"] : [""], ["Lower limit", "Upper limit", "Signal"]),
        finding: said.length ? measure.short + ", latest quarter: " + said.join("; ") : "Choose at least one authority.",
        caption: nameFigures(measure) + ", " + measure.polarity + ". Each quarter by itself; a gap is a quarter without a figure. Triangles are signals." + lines + " n = " + series.length + " series.",
        layout: frame(measure, function (layout) {
          layout.margin.r = narrow ? 16 : 170;
          layout.xaxis.tickangle = narrow ? -60 : 0;
          layout.xaxis.nticks = 6;
          layout.yaxis.title = { text: measure.unit };
          var ends = series.map(function (one, place) {
            var i = one.value.length - 1;
            while (i > 0 && one.value[i] === null) { i -= 1; }
            return { y: one.value[i], name: one.area, colour: token(data.palette[place % data.palette.length]) };
          }).filter(function (end) { return end.y !== null; }).sort(function (a, b) { return b.y - a.y; });
          if (narrow) {
            layout.showlegend = series.length > 1;
            layout.legend = { orientation: "h", y: 1.02, yanchor: "bottom" };
            return;
          }
          var all = [].concat.apply([], series.map(function (one) { return one.value; })).filter(function (v) { return v !== null; });
          var step = (Math.max.apply(null, all) - Math.min.apply(null, all)) / 17, above = Infinity;
          layout.annotations = ends.map(function (end) {
            above = Math.min(end.y, above - step);
            return { x: 1.01, xref: "paper", xanchor: "left", y: above, text: end.name, font: { color: end.colour }, showarrow: false };
          });
        })
      };
    }

    function drawComparison(measure, areas) {
      var one = measure.comparison.filter(function (c) { return c.benchmark === pick.benchmark.value; })[0];
      if (!one) { return nothing("No figure is compared with that here."); }
      var order = one.area.map(function (name, i) { return i; }).filter(function (i) { return areas.indexOf(one.area[i]) >= 0; });
      var known = order.filter(function (i) { return one.value[i] !== null; }).sort(function (a, b) { return one.value[a] - one.value[b]; });
      var counts = {};
      known.forEach(function (i) { var said = word(one.judgement[i]); if (said) { counts[said] = (counts[said] || 0) + 1; } });
      var parts = ["worse", "better", "higher", "lower"].filter(function (k) { return counts[k]; }).map(function (k) { return counts[k] + " " + k; });
      return {
        traces: [{
          x: known.map(function (i) { return one.value[i]; }), y: known.map(function (i) { return one.area[i]; }),
          type: "scatter", mode: "markers", error_x: {
            type: "data", symmetric: false, color: token("ink-soft"), thickness: 1.5,
            array: known.map(function (i) { return one.upper[i] === null ? 0 : one.upper[i] - one.value[i]; }),
            arrayminus: known.map(function (i) { return one.lower[i] === null ? 0 : one.value[i] - one.lower[i]; })
          },
          marker: { opacity: 1, size: 13, color: known.map(function (i) { return colourOf(one.judgement[i]); }), symbol: known.map(function (i) { return shapeOf(one.judgement[i]); }), line: { width: 2 } },
          text: known.map(function (i) { return one.area[i] + ": " + write(one.value[i], measure) + " (" + write(one.lower[i], measure) + " to " + write(one.upper[i], measure) + "), " + one.judgement[i]; }),
          hovertemplate: "%{text}<extra></extra>"
        }, {
          x: known.map(function (i) { return one.benchmark_value[i]; }), y: known.map(function (i) { return one.area[i]; }),
          type: "scatter", mode: "markers", hoverinfo: "skip", marker: { symbol: "line-ns-open", size: 18, color: token("ink"), line: { width: 2 } }
        }],
        rows: known.slice().reverse().concat(order.filter(function (i) { return one.value[i] === null; })).map(function (i) {
          return [one.area[i], one.value[i] === null ? one.why[i] : write(one.value[i], measure), write(one.lower[i], measure), write(one.upper[i], measure), write(one.benchmark_value[i], measure), one.judgement[i]];
        }),
        head: ["Authority", "Figure", "Lower 95% limit", "Upper 95% limit", "Compared with", "Judgement"],
        finding: measure.short + ", " + one.when + ": " + (parts.length ? parts.join(", ") + " than " + one.against : "no real difference from " + one.against) + ", of " + known.length + " shown",
        caption: nameFigures(measure) + ", " + measure.polarity + ". Lines are 95% intervals, the upright stroke is " + one.against + ". An open circle is no real difference. n = " + known.length + " authorities with a figure.",
        layout: frame(measure, function (layout, axis) {
          layout.height = 150 + 34 * Math.max(known.length, 2);
          layout.xaxis = Object.assign({}, axis, { title: { text: measure.unit } });
          layout.yaxis.showgrid = false;
        })
      };
    }

    function drawFunnel(measure, areas) {
      var one = measure.funnel, curve = measure.curve, traces = [];
      if (!one.area) { return nothing("This measure has no funnel."); }
      Object.keys(curve).forEach(function (name) {
        if (name === "denominator") { return; }
        traces.push({ x: curve.denominator, y: curve[name], type: "scatter", mode: "lines", hoverinfo: "skip",
          line: { width: 1.5, color: token(name === "centre" ? "ink-soft" : "rule"), dash: name === "centre" ? "solid" : /^adjusted/.test(name) ? "dash" : "dot" } });
      });
      var known = one.area.map(function (n, i) { return i; }).filter(function (i) { return one.value[i] !== null; });
      traces.push({
        x: known.map(function (i) { return one.denominator[i]; }), y: known.map(function (i) { return one.value[i]; }),
        type: "scatter", mode: "markers+text", textposition: "top center",
        text: known.map(function (i) { return areas.indexOf(one.area[i]) >= 0 ? one.area[i] : ""; }),
        hovertext: known.map(function (i) { return one.area[i] + ": " + write(one.value[i], measure) + ", " + one.judgement[i]; }), hoverinfo: "text",
        marker: { opacity: 1, size: 13, color: known.map(function (i) { return colourOf(one.judgement[i]); }), symbol: known.map(function (i) { return shapeOf(one.judgement[i]); }), line: { width: 2 } }
      });
      var outside = known.filter(function (i) { return word(one.judgement[i]); }).map(function (i) { return one.area[i] + " " + one.judgement[i]; });
      return {
        traces: traces,
        rows: one.area.map(function (name, i) {
          return [name, one.value[i] === null ? one.why[i] : write(one.value[i], measure), one.denominator[i] === null ? "" : one.denominator[i].toLocaleString("en-GB"), one.judgement[i]];
        }),
        head: ["Authority", "Figure", "Size (" + measure.base + ")", "Judgement"],
        finding: measure.short + ", " + one.when + ": " + (outside.length ? outside.join(", ") : "none really differs from the region"),
        caption: nameFigures(measure) + ", " + measure.polarity + ". Dotted: 95% and 99.8% limits at each size" + (one.adjusted ? "; dashed: limits widened because the authorities differ by more than chance" : "") + ". Ticked authorities are named. n = " + known.length + ".",
        layout: frame(measure, function (layout) {
          var values = known.map(function (i) { return one.value[i]; }), low = Math.min.apply(null, values), high = Math.max.apply(null, values), room = (high - low || high || 1) * 0.35;
          layout.yaxis.range = [Math.max(0, low - room), high + room];
          layout.yaxis.title = { text: measure.unit };
          layout.xaxis.title = { text: measure.base };
          layout.xaxis.rangemode = "tozero";
        })
      };
    }
    function nothing(words) { return { traces: [], rows: [], head: [], finding: words, caption: "", layout: {} }; }

    function tabulate(drawn, measure) {
      var holder = root.querySelector(".behind");
      holder.textContent = "";
      if (!drawn.rows.length) { return; }
      var kept = drawn.head.map(function (h, i) { return h && i; }).filter(function (i) { return i !== ""; });
      var table = document.createElement("table");
      table.createCaption().textContent = "The figures behind the chart: " + nameFigures(measure);
      var row = table.createTHead().insertRow();
      kept.forEach(function (i) {
        var cell = document.createElement("th");
        cell.scope = "col"; cell.textContent = drawn.head[i]; row.appendChild(cell);
      });
      var body = table.createTBody();
      drawn.rows.forEach(function (parts) {
        var line = body.insertRow();
        kept.forEach(function (i, place) {
          var cell = document.createElement(place ? "td" : "th");
          if (!place) { cell.scope = "row"; } else if (/^[\d\u2212]/.test(parts[i])) { cell.className = "num"; }
          cell.textContent = parts[i]; line.appendChild(cell);
        });
      });
      holder.appendChild(table);
    }

    function draw() {
      var measure = find(), areas = chosen();
      fitViews(measure);
      var drawn = { trend: drawTrend, comparison: drawComparison, funnel: drawFunnel }[pick.view.value](measure, areas);
      root.querySelector(".finding").textContent = drawn.finding;
      root.querySelector("figcaption").textContent = drawn.caption;
      plot.setAttribute("aria-label", drawn.finding + " The figures are in the table below.");
      tabulate(drawn, measure);
      drawn.layout.height = drawn.layout.height || 460;
      Plotly.react(plot, drawn.traces, drawn.layout, { displayModeBar: false, responsive: true, scrollZoom: false });
    }

    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("change", function (event) {
      if (event.target === pick.kind) { fillMeasures(); }
      draw();
    });
    root.querySelectorAll("[data-all]").forEach(function (button) {
      button.addEventListener("click", function () {
        boxes.forEach(function (box) { box.checked = !!button.getAttribute("data-all"); });
        draw();
      });
    });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    form.hidden = false;
    fillMeasures();
    draw();
  });
})();
