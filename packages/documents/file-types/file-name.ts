const MAX_CHARS = 255;
const EXTENSION = /\.[A-Za-z0-9]{1,10}$/u;
// Reserved on some system that the file may be downloaded to, or not meant to be seen: controls, directional overrides, separators.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff<>:"|?*]/gu;

const shorten = (name: string): string => {
  if (name.length <= MAX_CHARS) return name;
  const extension = EXTENSION.exec(name)?.[0] ?? '';
  return name.slice(0, MAX_CHARS - extension.length).replace(/\p{Cs}$/u, '') + extension;
};

/** What the sender called the file, as text that can be stored: nothing is ever opened by this name. */
export const originalName = (given: string): string =>
  shorten(
    given
      .replace(/\p{Cs}/gu, '\uFFFD')
      .replaceAll('\u0000', '')
      .normalize('NFC'),
  ) || 'upload';

/** The last part of whatever path was sent, composed (NFC), without what could mislead a person or a file system. */
export const safeFilename = (given: string): string => {
  const last =
    given
      .replace(/\p{Cs}/gu, '')
      .split(/[/\\]/u)
      .at(-1) ?? '';
  const name = last
    .normalize('NFC')
    .replace(UNSAFE, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^\.+/u, '')
    .replace(/[. ]+$/u, '');
  return shorten(name) || 'upload';
};

/** Lower case, without the dot; empty when there is none. */
export const extensionOf = (filename: string): string => EXTENSION.exec(filename)?.[0].slice(1).toLowerCase() ?? '';
