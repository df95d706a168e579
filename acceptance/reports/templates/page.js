"use strict";
// What is on the page stands there without this script; it only shows less of it, or in another order.
(() => {
  const tools = document.getElementById("tools");
  if (!tools) return;
  const [outcome, search, order, shown] = ["outcome", "search", "order", "shown"].map((id) => document.getElementById(id));
  const flat = document.getElementById("by-duration");
  const written = document.getElementById("as-written");
  const features = [...document.querySelectorAll(".feature")];
  const rules = [...document.querySelectorAll(".rule")];
  const scenarios = [...document.querySelectorAll(".scenario")].map((element) => {
    const rule = element.parentElement;
    const headings = [rule.closest(".feature").querySelector("h3"), rule.querySelector("h4")];
    const text = [element, ...headings].map((each) => each.textContent).join(" ").toLowerCase();
    return { element, rule, text, seconds: Number(element.dataset.seconds) };
  });

  const isChosen = ({ element, rule, text }) => {
    const [, kind, name] = /^(rules|scenarios)-(.+)$/.exec(outcome.value) || [];
    const of = { rules: rule, scenarios: element }[kind];
    const words = search.value.toLowerCase().split(/\s+/);
    return (!of || of.dataset.outcome === name) && words.every((word) => text.includes(word));
  };

  const show = () => {
    const chosen = new Set(scenarios.filter(isChosen));
    const of = new Set([...chosen].map(({ rule }) => rule));
    scenarios.forEach((each) => { each.element.hidden = !chosen.has(each); });
    rules.forEach((rule) => { rule.hidden = !of.has(rule); });
    features.forEach((feature) => { feature.hidden = !feature.querySelector(".rule:not([hidden])"); });
    shown.value = `${chosen.size} of ${scenarios.length} scenarios, ${of.size} of ${rules.length} rules`;
  };

  const arrange = () => {
    const byDuration = order.value === "duration";
    const arranged = byDuration ? [...scenarios].sort((one, other) => other.seconds - one.seconds) : scenarios;
    arranged.forEach(({ element, rule }) => (byDuration ? flat : rule).append(element));
    flat.hidden = !byDuration;
    written.hidden = byDuration;
  };

  // An address leads to what it names, whatever is chosen at the moment.
  const follow = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if ([...outcome.options].some((option) => option.value && option.value === name)) {
      outcome.value = name;
      search.value = "";
      show();
      tools.scrollIntoView();
      return;
    }
    const place = document.getElementById(name);
    if (!place) return;
    if (place.closest("[hidden]")) {
      outcome.value = search.value = order.value = "";
      arrange();
      show();
    }
    if (place.matches("details")) place.open = true;
    place.scrollIntoView();
  };

  tools.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", show);
  outcome.addEventListener("input", () => {
    history.replaceState(null, "", outcome.value ? `#${outcome.value}` : location.pathname);
    show();
  });
  order.addEventListener("input", arrange);
  addEventListener("hashchange", follow);
  tools.hidden = false;
  show();
  follow();
})();
