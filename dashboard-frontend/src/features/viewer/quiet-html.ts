/** What would run, fetch or lead away, and so does not belong into a page that is only to be read. */
const LOUD = 'script, noscript, iframe, frame, object, embed, link, base, meta[http-equiv], audio, video, source';

const TAG = /<[a-z][^>]*>/gi;
const HANDLER = /\son[a-z]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;

/**
 * A page of HTML without what the frame around it forbids anyway: nothing in it tries to run or to fetch, pictures from
 * elsewhere leave their words. The frame's sandbox and the content security policy are the protection; this is the quiet.
 */
export const quietHtml = (html: string): string => {
  // Handlers go before the page is parsed: the parser would already complain about them.
  const calm = html.replaceAll(TAG, (tag) => tag.replaceAll(HANDLER, ''));
  const page = new DOMParser().parseFromString(calm, 'text/html');
  for (const element of page.querySelectorAll(LOUD)) element.remove();
  for (const image of page.querySelectorAll('img')) {
    if (!image.src.startsWith('data:image/')) image.replaceWith(image.alt);
  }
  for (const element of page.querySelectorAll('*')) {
    for (const { name } of [...element.attributes]) {
      if (name.startsWith('on') || name === 'srcset' || name === 'background' || name === 'ping') element.removeAttribute(name);
    }
  }
  return `<!doctype html>${page.documentElement.outerHTML}`;
};
