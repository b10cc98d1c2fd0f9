import { posix } from 'node:path';
import { readXml } from '../xml/read-xml.ts';
import type { Zip } from '../archive/zip.ts';

export interface Relation {
  readonly id: string;
  /** The last word of its type: `worksheet`, `notesSlide`, `styles`. */
  readonly type: string;
  /** The part that is meant, as the container names it. */
  readonly part: string;
}

/** Where the relations of a part lie. */
const relationsPart = (part: string): string => posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`);

/** What a part of an Office file refers to inside the file; links that lead out of it are left out. `''` is the file itself. */
export const readRelations = async (zip: Zip, part: string): Promise<Relation[]> => {
  const name = part === '' ? '_rels/.rels' : relationsPart(part);
  if (!zip.has(name)) return [];
  const relations: Relation[] = [];
  await readXml(await zip.stream(name), {
    open(element, { Id = '', Type = '', Target = '', TargetMode }) {
      if (element !== 'Relationship' || TargetMode === 'External') return;
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(posix.dirname(part), Target);
      relations.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), part: target });
    },
  });
  return relations;
};

/** The part that an Office file begins with: its document, workbook or presentation. */
export const mainPart = async (zip: Zip, usual: string): Promise<string> => {
  const found = (await readRelations(zip, '')).find(({ type, part }) => type === 'officeDocument' && zip.has(part));
  return found?.part ?? usual;
};

/** The title that the file's properties give, when it is worth showing. */
export const titleOf = async (zip: Zip, part = 'docProps/core.xml'): Promise<string | undefined> => {
  if (!zip.has(part)) return undefined;
  let [inTitle, title] = [false, ''];
  await readXml(await zip.stream(part), {
    open: (name) => void (inTitle = name === 'title'),
    close: () => void (inTitle = false),
    text: (text) => void (title += inTitle ? text : ''),
  });
  const trimmed = title.normalize('NFC').replace(/\s+/gu, ' ').trim();
  return trimmed.length < 3 || trimmed.length > 200 || /^(?:untitled|unbenannt|powerpoint|slide \d)/iu.test(trimmed) ? undefined : trimmed;
};
