/** A rectangle as fractions 0..1 of its page, origin at the top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A rectangle on a numbered page (1-based), as stored with a passage and drawn over the page. */
export interface PageBox extends Box {
  readonly page: number;
}

/** The rectangle of one line of a passage, and which part of the passage's text stands in it (UTF-16, half-open). */
export interface PassageBox extends PageBox {
  readonly start: number;
  readonly end: number;
}

/** One cell of a line that is visibly divided into columns: a row of a table. */
export interface TextCell {
  readonly text: string;
  /** Where the cell stands, when the format has a geometry. */
  readonly box?: Box;
}

/** One line of a page, as a reader sees it. */
export interface TextLine {
  /** The whole line, cells joined by single spaces. Never empty. */
  readonly text: string;
  /** Absent for formats without a page geometry (text, Markdown, HTML). */
  readonly box?: Box;
  /** In points of the page. Only compared with the other lines of the same document. */
  readonly fontSize?: number;
  readonly bold?: boolean;
  /** 1..6 where the format says so (HTML, Markdown, tagged PDF). Otherwise headings are inferred from size and weight. */
  readonly headingLevel?: number;
  /** Two or more: the line is a table row. */
  readonly cells?: readonly TextCell[];
  /** True when the format knows that a paragraph begins here. Otherwise inferred from the gap above the line. */
  readonly paragraphStart?: boolean;
  /** True for the row that names the columns of the rows below it. */
  readonly isHead?: boolean;
}

/** One page. A format without pages gives a single page, or one page per natural part (a sheet, a chapter). */
export interface TextPage {
  /** 1-based. */
  readonly number: number;
  /** In points; 0 where there is no geometry. */
  readonly width: number;
  readonly height: number;
  /** In reading order: column by column, top to bottom. */
  readonly lines: readonly TextLine[];
  /** True where lines that return on every page are content all the same: rows of a sheet, slides. */
  readonly keepsAll?: boolean;
  /** What a reader calls it: the sheet, the chapter, the slide's title. */
  readonly name?: string;
  /** The names of its columns, where the row that gives them stands on an earlier page. */
  readonly head?: readonly string[];
  /** True where there is no usable text: what the page says is to be read from its picture. */
  readonly needsPicture?: boolean;
}

/** What every format is turned into before passages are made of it. */
export interface TextDocument {
  readonly filename: string;
  /** The document's own title (metadata or first heading), when it has one worth showing. */
  readonly title?: string;
  /** ISO 639-1, detected from the text; passages carry it for stemming. */
  readonly language?: string;
  readonly pages: readonly TextPage[];
}

/** A piece of a document that is searched, quoted and cited as one. */
export interface Passage {
  /** 0-based, dense, in document order. */
  readonly index: number;
  /** First and last page, 1-based. */
  readonly page: number;
  readonly pageEnd: number;
  /** The headings above the passage, outermost first. */
  readonly heading: readonly string[];
  /** What is shown and quoted. Lines of a table are separated by line feeds, prose is not. */
  readonly text: string;
  /** Document name and place in it: indexed with the text (words and meaning), never shown as a quote. */
  readonly contextHeader: string;
  /** One rectangle for each line, in the order of the text; stored as they are. Empty without a geometry. */
  readonly boxes: readonly PassageBox[];
  /** SHA-256 (hex) over the context header and the text: equal hashes need no new embedding. */
  readonly contentHash: string;
  /** ISO 639-1. */
  readonly language: string;
}
