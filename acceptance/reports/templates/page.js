"use strict";
// The page is complete without this script. It filters, searches and sorts the scenarios.
(() => {
  const tools = document.getElementById("tools");
  if (!tools) return;
  const [outcome, search, order, shown] = ["outcome", "search", "order", "shown"].map((id) => document.getElementById(id));
  const byDurationList = document.getElementById("by-duration");
  const asWritten = document.getElementById("as-written");
  const features = [...document.querySelectorAll(".feature")];
  const rules = [...document.querySelectorAll(".rule")];
  const scenarios = [...document.querySelectorAll(".scenario")].map((element) => {
    const rule = element.parentElement;
    const headings = [rule.closest(".feature").querySelector("h3"), rule.querySelector("h4")];
    const text = [element, ...headings].map((each) => each.textContent).join(" ").toLowerCase();
    return { element, rule, text, seconds: Number(element.dataset.seconds) };
  });

  const isSelected = ({ element, rule, text }) => {
    const [, kind, name] = /^(rules|scenarios)-(.+)$/.exec(outcome.value) || [];
    const filtered = { rules: rule, scenarios: element }[kind];
    const words = search.value.toLowerCase().split(/\s+/);
    return (!filtered || filtered.dataset.outcome === name) && words.every((word) => text.includes(word));
  };

  const update = () => {
    const selected = new Set(scenarios.filter(isSelected));
    const rulesShown = new Set([...selected].map(({ rule }) => rule));
    scenarios.forEach((each) => { each.element.hidden = !selected.has(each); });
    rules.forEach((rule) => { rule.hidden = !rulesShown.has(rule); });
    features.forEach((feature) => { feature.hidden = !feature.querySelector(".rule:not([hidden])"); });
    shown.value = `${selected.size} of ${scenarios.length} scenarios, ${rulesShown.size} of ${rules.length} rules`;
  };

  const sort = () => {
    const byDuration = order.value === "duration";
    const sorted = byDuration ? [...scenarios].sort((one, other) => other.seconds - one.seconds) : scenarios;
    sorted.forEach(({ element, rule }) => (byDuration ? byDurationList : rule).append(element));
    byDurationList.hidden = !byDuration;
    asWritten.hidden = byDuration;
  };

  // Show the target of the address: a filter, or an element that a filter may hide.
  const goToAddress = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if ([...outcome.options].some((option) => option.value && option.value === name)) {
      outcome.value = name;
      search.value = "";
      update();
      tools.scrollIntoView();
      return;
    }
    const target = document.getElementById(name);
    if (!target) return;
    if (target.closest("[hidden]")) {
      outcome.value = search.value = order.value = "";
      sort();
      update();
    }
    if (target.matches("details")) target.open = true;
    target.scrollIntoView();
  };

  tools.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", update);
  outcome.addEventListener("input", () => {
    history.replaceState(null, "", outcome.value ? `#${outcome.value}` : location.pathname);
    update();
  });
  order.addEventListener("input", sort);
  addEventListener("hashchange", goToAddress);
  tools.hidden = false;
  update();
  goToAddress();
})();
