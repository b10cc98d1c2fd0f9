/** Programs that hold models, by what their command lines say. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/(^|[/ ])ollama(_llama_server)?( |$)|ollama runner/, 'ollama'],
  [/(^|[/ ])llama-server( |$)/, 'llama-server'],
  [/\bvllm\b|VLLM::/, 'vllm'],
  [/\bsglang\b/, 'sglang'],
  [/text-generation-(launcher|server)/, 'text-generation-inference'],
  [/\btritonserver\b/, 'tritonserver'],
  [/\blm-?studio\b/i, 'LM Studio'],
  [/\bkoboldcpp\b/, 'koboldcpp'],
  [/ARASUL_PART=model-runtime|(^|[/ ])model-runtime([/ .]|$)/, 'model-runtime'],
];

/** What people call the model program with this command line; null for any other program. */
export const modelProgram = (commandLine: string): string | null => PROGRAMS.find(([pattern]) => pattern.test(commandLine))?.[1] ?? null;

/** What /proc says of one process. */
export interface ProcessFacts {
  pid: number;
  parentPid: number;
  /** Words separated by spaces. */
  commandLine: string;
  residentBytes: number;
  /** `/proc/PID/cgroup`. */
  cgroup: string;
}

/** Whoever adopts processes whose parent ended. */
const INIT = 1;

/** Nobody looks after it: its starter is gone, and no service manager or container runtime has it in its care. */
export const isLeftBehind = ({ parentPid, cgroup }: Pick<ProcessFacts, 'parentPid' | 'cgroup'>): boolean =>
  parentPid === INIT && !/\.service$|docker|containerd|libpod|kubepods/m.test(cgroup.replace(/\/user@\d+\.service\//, '/'));

/** Facts from the files of /proc/PID; null for a kernel's thread and for what cannot be read. */
export const processFacts = (pid: number, { stat, statm, cmdline, cgroup }: Record<'stat' | 'statm' | 'cmdline' | 'cgroup', string>): ProcessFacts | null => {
  // Counted from the last bracket: the program's name before it may hold anything.
  const parentPid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  const [, residentPages] = statm.split(' ').map(Number);
  if (cmdline === '' || !Number.isInteger(parentPid) || !residentPages) return null;
  return { pid, parentPid, commandLine: cmdline.replaceAll('\0', ' ').trim(), residentBytes: residentPages * PAGE_BYTES, cgroup };
};

/** Of the kernels that we run on; those with 16 or 64 KiB count too little, which only names a process later. */
const PAGE_BYTES = 4096;
