/**
 * Types of `statfs` on Linux whose locks or shared memory SQLite cannot trust. FUSE is not among them: it carries local
 * file systems as well, and does not say what is behind it.
 */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB 2'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9P (a folder of Windows seen from WSL, or of a virtual machine)'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x786f4256, 'a shared folder of VirtualBox'],
]);

/** The name of a file system where SQLite files break, by its `statfs` type; null when it is not known to be one. */
export function networkFileSystem(type: number): string | null {
  // The kernel's number is signed on some platforms.
  return NETWORK_FILE_SYSTEMS.get(type >>> 0) ?? null;
}
