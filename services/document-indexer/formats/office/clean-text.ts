/** Text of an office file as it can be stored and searched: composed (NFC), in one line, without soft hyphens and control characters. */
export const cleanText = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00AD\u200b\ufeff\ufffe\uffff]/gu, '')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/\s+/gu, ' ')
    .trim()
    .normalize('NFC');
