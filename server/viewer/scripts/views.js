/* Tells the viewer that a dashboard was seen and how long it took, once, when it is drawn. */
(() => {
  const { view, to } = document.currentScript.dataset;
  const tell = (ms) => navigator.sendBeacon(to, JSON.stringify(ms === undefined ? { view } : { view, ms }));

  /* A browser draws nothing in a tab that nobody sees: such a page is slow because it waited for its reader. */
  let wasHidden = document.visibilityState === 'hidden' && !document.prerendering;
  document.addEventListener('visibilitychange', () => { wasHidden ||= document.visibilityState === 'hidden'; });

  const whenSeen = (then) => {
    if (document.visibilityState === 'visible') { then(); return; }
    document.addEventListener('visibilitychange', () => whenSeen(then), { once: true });
  };
  const drawn = (mark) => whenSeen(() => {
    const [navigation] = performance.getEntriesByType('navigation');
    /* What was fetched ahead of the click counts from the click. */
    const ms = Math.round(mark.startTime - (navigation?.activationStart ?? 0));
    if (wasHidden || !navigation || !(ms > 0 && ms < 600_000)) tell();
    else tell(ms);
  });
  const observer = new PerformanceObserver((list) => {
    const mark = list.getEntries().find(({ name }) => name === 'dashwright-drawn');
    if (mark) { observer.disconnect(); drawn(mark); }
  });
  observer.observe({ type: 'mark', buffered: true });
})();
