/** Puts text on the clipboard. Browsers offer the modern way on HTTPS and localhost only; a box on the LAN needs the older one. */
export const copyText = async (text: string): Promise<boolean> => {
  if (window.isSecureContext && 'clipboard' in navigator) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Denied by the browser: the older way may still do.
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.style.cssText = 'position:fixed;opacity:0';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
};
