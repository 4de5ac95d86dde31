import { statfsSync } from 'node:fs';

/** Magic numbers of Linux file systems on which other machines may write, or whose directories are cached. */
const remote: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x517b: 'SMB',
  0x01021997: '9P',
  0x65735546: 'FUSE',
  0x00c36400: 'Ceph',
  0x5346414f: 'AFS',
  0x786f4256: 'a VirtualBox share',
};

/** The name of a file system whose locks are not to be trusted; undefined for a local one. */
export const remoteFileSystem = (directory: string): string | undefined =>
  remoteFileSystemOf(directory, process.platform === 'linux' ? statfsSync(directory).type : 0);

/** The same by what `statfs` says of the directory. */
export function remoteFileSystemOf(directory: string, type: number): string | undefined {
  if (directory.startsWith('\\\\')) return 'a network share';
  return process.platform === 'linux' ? remote[type >>> 0] : undefined;
}
