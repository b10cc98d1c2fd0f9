import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testModels, testModelsDir } from './models.ts';

/**
 * A cross-encoder small enough to be made here: a real ONNX graph of the shape that models which rerank have, run by the real
 * runtime with MiniLM's tokenizer. Its logit grows with the share of the question's word pieces that stand in the passage.
 */
export const makeCrossEncoder = async (modelsDir: string, id: string): Promise<string> => {
  const [from, to] = [join(await testModelsDir(), testModels.embed.id), join(modelsDir, id)];
  await mkdir(join(to, 'onnx'), { recursive: true });
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']) await copyFile(join(from, name), join(to, name));
  await writeFile(
    join(to, 'config.json'),
    JSON.stringify({ model_type: 'bert', architectures: ['BertForSequenceClassification'], id2label: { 0: 'LABEL_0' }, vocab_size: 30_522 }),
  );
  await writeFile(join(to, 'onnx/model_quantized.onnx'), graph());
  return to;
};

// The few parts of ONNX's protobuf that the graph needs; numbers are the fields' tags in onnx.proto.
const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))]);
const int = (tag: number, value: number): Buffer => Buffer.from([...varint(tag * 8), ...varint(value)]);
const bytes = (tag: number, ...parts: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from([...varint(tag * 8 + 2), ...varint(body.length)]), body]);
};
const FLOAT = 1;
const INT64 = 7;
const attribute = (name: string, value: number): Buffer => bytes(5, bytes(1, name), int(3, value), int(20, 2));
const axes = (...values: number[]): Buffer => bytes(5, bytes(1, 'axes'), ...values.map((value) => int(8, value)), int(20, 7));
const node = (type: string, inputs: string[], output: string, ...attributes: Buffer[]): Buffer =>
  bytes(1, ...inputs.map((input) => bytes(1, input)), bytes(2, output), bytes(4, type), ...attributes);
const value = (tag: number, name: string, type: number, ...shape: string[]): Buffer =>
  bytes(tag, bytes(1, name), bytes(2, bytes(1, int(1, type), bytes(2, ...shape.map((dimension) => bytes(1, bytes(2, dimension)))))));
const constant = (name: string, type: number, data: Buffer, ...shape: number[]): Buffer =>
  bytes(5, ...shape.map((size) => int(1, size)), int(2, type), bytes(8, name), bytes(9, data));
const int64 = (number: number): Buffer => Buffer.from(BigInt64Array.of(BigInt(number)).buffer);
const float = (number: number): Buffer => Buffer.from(Float32Array.of(number).buffer);

/** Before this come special tokens and the commonest words in MiniLM's vocabulary. */
const FIRST_TELLING = 2_120;

const graph = (): Buffer => {
  const toFloat = attribute('to', FLOAT);
  const nodes = [
    node('Greater', ['input_ids', 'common'], 'telling'),
    node('Cast', ['telling'], 'tells', toFloat),
    node('Cast', ['token_type_ids'], 'in_passage', toFloat),
    node('Sub', ['one', 'in_passage'], 'in_question'),
    node('Mul', ['in_question', 'tells'], 'asked'),
    node('Cast', ['attention_mask'], 'kept', toFloat),
    node('Mul', ['in_passage', 'kept'], 'said'),
    node('Unsqueeze', ['input_ids', 'last'], 'down'),
    node('Unsqueeze', ['input_ids', 'middle'], 'across'),
    node('Equal', ['down', 'across'], 'equal'),
    node('Cast', ['equal'], 'same', toFloat),
    node('Unsqueeze', ['said', 'middle'], 'said_across'),
    node('Mul', ['same', 'said_across'], 'met'),
    node('ReduceMax', ['met'], 'found', axes(2), attribute('keepdims', 0)),
    node('Mul', ['found', 'asked'], 'answered'),
    node('ReduceSum', ['answered', 'middle'], 'sum', attribute('keepdims', 1)),
    node('ReduceSum', ['asked', 'middle'], 'all', attribute('keepdims', 1)),
    node('Max', ['all', 'one'], 'some'),
    node('Div', ['sum', 'some'], 'share'),
    node('Mul', ['share', 'steep'], 'risen'),
    node('Sub', ['risen', 'half'], 'logits'),
  ];
  const constants = [
    constant('common', INT64, int64(FIRST_TELLING)),
    constant('last', INT64, int64(2), 1),
    constant('middle', INT64, int64(1), 1),
    constant('one', FLOAT, float(1)),
    constant('steep', FLOAT, float(8)),
    constant('half', FLOAT, float(4)),
  ];
  const inputs = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => value(11, name, INT64, 'rows', 'tokens'));
  return Buffer.concat([
    int(1, 8),
    bytes(8, bytes(1, ''), int(2, 13)),
    bytes(7, ...nodes, bytes(2, 'overlap'), ...constants, ...inputs, value(12, 'logits', FLOAT, 'rows', 'one_value')),
  ]);
};
