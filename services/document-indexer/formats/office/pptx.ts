import type { TextLine } from '#retrieval';
import { officeLimits } from '../archive/zip-limits.ts';
import { openZip } from '../archive/zip.ts';
import type { Format } from '../format.ts';
import { readXml } from '../xml/read-xml.ts';
import { readSlide } from './pptx-slide.ts';
import { mainPart, readRelations, titleOf } from './relations.ts';

const MAX_NAME_CHARS = 120;

/** A PowerPoint presentation: a slide is a page, its notes stand below it. */
export const pptx: Format = {
  mimeTypes: ['application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const zip = await openZip(source, officeLimits);
    const main = await mainPart(zip, 'ppt/presentation.xml');
    const relations = await readRelations(zip, main);
    const order: string[] = [];
    await readXml(await zip.stream(main), {
      open: (name, attributes) => void (name === 'sldId' && order.push(attributes['r:id'] ?? '')),
    });
    const slides = order.map((id) => relations.find((relation) => relation.id === id)?.part).filter((part) => part !== undefined && zip.has(part));
    const title = await titleOf(zip);
    return {
      pageCount: slides.length,
      ...(title === undefined ? {} : { title }),
      async readPage(number) {
        const part = slides[number - 1]!;
        const slide = await readSlide(zip, part);
        const below: TextLine[] = [];
        for (const related of await readRelations(zip, part)) {
          if (!zip.has(related.part)) continue;
          if (related.type === 'diagramData') below.push(...(await readSlide(zip, related.part)).lines);
          if (related.type === 'notesSlide') {
            const notes = (await readSlide(zip, related.part)).lines;
            if (notes.length > 0) below.push({ text: 'Notes', headingLevel: 2, paragraphStart: true }, ...notes);
          }
        }
        return {
          number,
          width: 0,
          height: 0,
          lines: [...slide.lines, ...below],
          keepsAll: true,
          ...(slide.title === undefined ? {} : { name: slide.title.slice(0, MAX_NAME_CHARS) }),
        };
      },
      close: () => Promise.resolve(),
    };
  },
};
