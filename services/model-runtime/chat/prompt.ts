import { Template } from '@huggingface/jinja';
import { randomBytes } from 'node:crypto';

export interface PromptMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** A stretch of a prompt. Only what the template wrote may hold special tokens: a document that contains `<|im_end|>` ends no turn. */
export interface PromptPart {
  text: string;
  special: boolean;
}

interface TemplateOptions {
  /** The model's own, from its file. */
  source: string;
  bos: string;
  eos: string;
  /** Extra variables, such as `enable_thinking`. */
  variables?: Record<string, unknown>;
}

/** What most small models were taught; for a file that brings no template. */
export const chatMl =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** Renders messages with a model's template, keeping what people wrote apart from what the template wrote. */
export const createPromptTemplate = ({ source, bos, eos, variables = {} }: TemplateOptions) => {
  const template = new Template(source);

  const render = (messages: readonly PromptMessage[]): string =>
    template.render({ ...variables, messages, bos_token: bos, eos_token: eos, add_generation_prompt: true });

  return (messages: readonly PromptMessage[]): PromptPart[] => {
    const mark = `§${randomBytes(9).toString('hex')}`;
    const marked = messages.map(({ role }, index) => ({ role, content: `${mark}:${index}§` }));
    let text: string;
    let contents = messages.map(({ content }) => content.trim());
    try {
      text = render(marked);
    } catch (error) {
      // Some templates (Gemma's) refuse a system message; their authors say to put it before the first question.
      if (messages[0]?.role !== 'system' || messages[1]?.role !== 'user') throw error;
      text = render(marked.slice(1));
      contents = [contents[0]!, `${contents[0]}\n\n${contents[1]}`, ...contents.slice(2)];
    }
    return split(text, mark, contents);
  };
};

export type PromptTemplate = ReturnType<typeof createPromptTemplate>;

const split = (text: string, mark: string, contents: readonly string[]): PromptPart[] =>
  text
    .split(new RegExp(`${mark}:(\\d+)§`))
    // Even places are the template's text, odd ones the numbers of messages.
    .map((piece, place) => (place % 2 === 0 ? { text: piece, special: true } : { text: contents[Number(piece)] ?? '', special: false }))
    .filter((part) => part.text !== '');
