import type { Zip } from '../archive/zip.ts';
import { readXml } from '../xml/read-xml.ts';

export interface Style {
  /** 1..6, where paragraphs of the style are headings. */
  readonly headingLevel?: number;
  readonly list?: { readonly id: string; readonly level: number };
  readonly bold?: boolean;
  /** An entry of a table of contents. */
  readonly isContents?: boolean;
}

interface Declared {
  name: string;
  basedOn?: string;
  outline?: number;
  listId?: string;
  listLevel?: number;
  bold?: boolean;
}

/** Styles refer to one another; a ring of them ends here. */
const MAX_ANCESTORS = 20;
export const MAX_HEADING = 6;

const ofHeading = (name: string): number | undefined => {
  if (/^(?:title|titel)$/iu.test(name)) return 1;
  const level = /^(?:heading|überschrift|titre|título)\s*([1-9])$/iu.exec(name)?.[1];
  return level === undefined ? undefined : Math.min(MAX_HEADING, Number(level));
};

/** What the styles of a Word file say of a paragraph. */
export const readStyles = async (zip: Zip, part: string | undefined): Promise<(id: string | undefined) => Style> => {
  const declared = new Map<string, Declared>();
  let defaultId: string | undefined;
  if (part !== undefined && zip.has(part)) {
    let current: Declared | undefined;
    await readXml(await zip.stream(part), {
      open(name, attributes) {
        const { val = '', styleId, type } = attributes;
        if (name === 'style') {
          current = { name: '' };
          if (styleId !== undefined) declared.set(styleId, current);
          if (type === 'paragraph' && attributes.default === '1') defaultId = styleId;
        } else if (current === undefined) return;
        else if (name === 'name') current.name = val;
        else if (name === 'basedOn') current.basedOn = val;
        else if (name === 'outlineLvl') current.outline = Number(val);
        else if (name === 'numId') current.listId = val;
        else if (name === 'ilvl') current.listLevel = Number(val) || 0;
        else if (name === 'b') current.bold = val !== '0' && val !== 'false';
      },
      close(name) {
        if (name === 'style') current = undefined;
      },
    });
  }
  const known = new Map<string, Style>();
  return (id = defaultId) => {
    const found = known.get(id ?? '');
    if (found !== undefined) return found;
    const line: Declared[] = [];
    for (let at = id; at !== undefined && line.length < MAX_ANCESTORS; at = line.at(-1)?.basedOn) {
      const style = declared.get(at);
      if (style === undefined) break;
      line.push(style);
    }
    const outline = line.find((style) => style.outline !== undefined)?.outline;
    const listId = line.find((style) => style.listId !== undefined)?.listId;
    const level =
      line.map((style) => ofHeading(style.name)).find((each) => each !== undefined) ??
      (outline === undefined || outline > 8 ? undefined : Math.min(MAX_HEADING, outline + 1));
    const style: Style = {
      ...(level === undefined ? {} : { headingLevel: level }),
      ...(listId === undefined ? {} : { list: { id: listId, level: line.find((each) => each.listLevel !== undefined)?.listLevel ?? 0 } }),
      ...(line.find((each) => each.bold !== undefined)?.bold === true ? { bold: true } : {}),
      ...(/^(?:toc|verzeichnis)\s*\d/iu.test(line[0]?.name ?? '') ? { isContents: true } : {}),
    };
    known.set(id ?? '', style);
    return style;
  };
};
