// Runs before the first paint, from a file of its own because the content security policy forbids inline scripts:
// the page must not flash in the wrong colours, nor announce itself in the wrong language.
(() => {
  let scheme = 'auto';
  let language = '';
  try {
    scheme = localStorage.getItem('arasul.scheme') ?? 'auto';
    language = localStorage.getItem('arasul.language') ?? '';
  } catch {
    // Storage may be denied; the defaults are right then.
  }
  const dark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  document.documentElement.lang = language || (navigator.language.startsWith('de') ? 'de' : 'en');
})();
