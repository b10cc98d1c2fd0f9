import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '#clients';
import type { FoundPassage } from '#retrieval';
import { cutHistory, toTurns } from './history.ts';
import { buildPrompt } from './prompt.ts';

const passage = (n: number, text: string): FoundPassage => ({
  passageId: `p${n}`,
  documentId: 'd',
  filename: 'a.pdf',
  page: n,
  pageEnd: n,
  text,
  heading: '',
  boxes: [],
  language: 'en',
  score: 1 / n,
  scores: { words: 1, meaning: null, name: 0, fused: 1, rerank: null },
  highlights: [],
});
const words = (count: number) => Array.from({ length: count }, (_, n) => `word${n % 10}`).join(' ');
/** A token for each word and eight for each message: close to what a template costs. */
const count = async (messages: readonly ChatMessage[]) => messages.reduce((sum, { content }) => sum + 8 + content.split(/\s+/).length * 1.3, 0);
const base = { question: 'What is it?', turns: [], passages: [], contextTokens: 2_048, answerTokens: 512 };

describe('the prompt', () => {
  test('numbers the passages by rank and leaves out the last when the window is full', async () => {
    const passages = [1, 2, 3, 4, 5, 6].map((n) => passage(n, `fact ${n} ${words(260)}`));
    const prompt = await buildPrompt({ ...base, passages }, count);
    expect(prompt.passages.length).toBeGreaterThan(1);
    expect(prompt.passages.length).toBeLessThan(6);
    expect(prompt.passages).toEqual(passages.slice(0, prompt.passages.length));
    const { content } = prompt.messages.at(-1)!;
    expect([...content.matchAll(/^\[(\d)\] a\.pdf, page (\d)$/gm)].map(([, number, page]) => `${number}=${page}`)).toEqual(
      prompt.passages.map((_, at) => `${at + 1}=${at + 1}`),
    );
    expect(content.endsWith('\n\nQuestion: What is it?')).toBe(true);
    expect(await count(prompt.messages)).toBeLessThanOrEqual(2_048 - 512);
  });

  test('counts only when it is not certain to fit', async () => {
    let counted = 0;
    const counting = async (messages: readonly ChatMessage[]) => ((counted += 1), count(messages));
    await buildPrompt({ ...base, passages: [passage(1, 'short')] }, counting);
    expect(counted).toBe(0);
    await buildPrompt({ ...base, passages: [passage(1, words(300))] }, counting);
    expect(counted).toBe(1);
  });

  test('keeps the newest turns, whole, in at most three tenths of what is free', async () => {
    const turns = Array.from({ length: 12 }, (_, n) => ({ question: `question ${n}`, answer: `answer ${n} ${words(40)}` }));
    const { messages } = await buildPrompt({ ...base, turns, passages: [passage(1, words(300))] }, count);
    const kept = messages.filter(({ role }) => role === 'assistant').map(({ content }) => Number(content.split(' ')[1]));
    expect(kept.at(-1)).toBe(11);
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.length).toBeLessThan(12);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => 12 - kept.length + n));
    expect(messages.at(-1)!.content).toContain('[1] a.pdf');
  });

  test('gives a small window’s answer a quarter of it', async () => {
    expect((await buildPrompt({ ...base, contextTokens: 512 }, count)).answerTokens).toBe(128);
  });

  test('cuts the only passage rather than leaving it out', async () => {
    const { passages } = await buildPrompt({ ...base, contextTokens: 512, passages: [passage(1, words(600))] }, count);
    expect(passages).toHaveLength(1);
    expect(words(600).startsWith(passages[0]!.text)).toBe(true);
  });

  test('refuses a question that does not fit, with the numbers', async () => {
    await expect(buildPrompt({ ...base, question: words(1_500) }, count)).rejects.toMatchObject({
      code: 'context_exceeded',
      message: expect.stringMatching(/reads 2048, of which 512/),
    });
  });
});

describe('history', () => {
  test('is made of answered questions, without our source numbers', () => {
    const said = (role: 'user' | 'assistant', content: string): ChatMessage => ({ role, content });
    expect(
      toTurns([said('user', 'withdrawn'), said('assistant', ''), said('user', 'a?'), said('assistant', 'A is so. [1] And so. [12]'), said('user', 'open')]),
    ).toEqual([{ question: 'a?', answer: 'A is so. And so.' }]);
  });

  test('stops at the first turn that does not fit, so that it has no holes', () => {
    const turns = [1, 50, 1, 1].map((size) => ({ question: 'q'.repeat(size), answer: 'a' }));
    expect(cutHistory(turns, 10, (text) => text.length)).toEqual(turns.slice(2));
    expect(cutHistory(turns, 0, (text) => text.length)).toEqual([]);
    expect(cutHistory(turns, 1_000, (text) => text.length)).toEqual(turns);
  });
});
