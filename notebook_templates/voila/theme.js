/* Runs in <head>, before anything is painted: the chosen colours are there from the first frame on. */
(() => {
  const root = document.documentElement;
  const key = 'dashwright-theme';
  const stored = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const apply = (theme) => {
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    else delete root.dataset.theme;
    document.querySelectorAll('.theme input').forEach((input) => { input.checked = input.value === (root.dataset.theme || 'system'); });
  };
  const tellLocalTime = () => document.querySelectorAll('time[datetime]:not([title])').forEach((time) => {
    const local = new Date(time.dateTime);
    if (!isNaN(local)) time.title = `${local.toLocaleString(root.lang, { dateStyle: 'long', timeStyle: 'short' })} your time`;
  });
  root.classList.remove('no-js');
  apply(stored());
  /* The bar is there long before the page is whole, because a dashboard's cells run in between. */
  for (const name of ['dashwright-bar', 'DOMContentLoaded']) document.addEventListener(name, () => { apply(stored()); tellLocalTime(); });
  addEventListener('storage', (event) => { if (event.key === key) apply(event.newValue); });
  document.addEventListener('change', (event) => {
    if (!event.target.matches('.theme input')) return;
    try { localStorage.setItem(key, event.target.value); } catch { /* private window: for this page only */ }
    apply(event.target.value);
  });
})();
