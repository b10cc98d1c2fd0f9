/** What file systems leave behind, and nobody means to add. */
const LITTER = /^(?:\.|Thumbs\.db$|desktop\.ini$|~\$)/;

/** One listing of a folder gives at most a hundred entries; the end is an empty one. */
const listFolder = async (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
};

const filesBelow = async (entry: FileSystemEntry): Promise<File[]> => {
  if (LITTER.test(entry.name)) return [];
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const found = await Promise.all((await listFolder(entry as FileSystemDirectoryEntry)).map(filesBelow));
  return found.flat();
};

/** The files of a drop, those of dropped folders and of all below them included. */
export const droppedFiles = async (transfer: DataTransfer): Promise<File[]> => {
  // The items are gone once the event is over: entries are taken before anything is awaited.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files];
  return (await Promise.all(entries.map(filesBelow))).flat();
};
