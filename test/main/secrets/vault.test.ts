import { describe, expect, test } from 'vitest';
import { hasCode } from '../../../preload/contract/errors.js';
import type { ErrorCode } from '../../../preload/contract/errors.js';
import { createVault, keysFileName, openVault, type Vault, type VaultOptions } from '../../../main/secrets/vault.js';
import { defaultScryptCost } from '../../../main/secrets/key-slots.js';
import { MemoryFileSystem } from '../../fakes/memory-file-system.js';
import { seededRandom } from '../store/store-kit.js';

const folder = '/data/workspaces/w1';
const keysPath = `${folder}/${keysFileName}`;
const passphrase = 'correct horse battery';
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function optionsOver(fileSystem: MemoryFileSystem, workspaceId = 'w1'): VaultOptions {
  return {
    fileSystem,
    folder,
    workspaceId,
    random: seededRandom(5),
    now: () => 1_700_000_000_000,
    scryptCost: { cost: 16, blockSize: 1, parallelization: 1 },
  };
}

async function makeWorkspace() {
  const disk = new MemoryFileSystem();
  const { vault, recoveryKey } = await createVault(optionsOver(disk), passphrase);
  vault.save();
  return { disk, vault, recoveryKey, key: vault.derive('test') };
}

async function codeOfFailure(action: () => unknown): Promise<ErrorCode | null> {
  try {
    await action();
    return null;
  } catch (thrown) {
    if (hasCode(thrown, 'internal') || !(thrown instanceof Error) || !('code' in thrown)) throw thrown;
    return thrown.code as ErrorCode;
  }
}

describe('the vault', () => {
  test('opens with the passphrase and with the recovery key, and with nothing else', async () => {
    const { disk, recoveryKey, key } = await makeWorkspace();
    for (const credential of [
      { kind: 'passphrase', passphrase },
      { kind: 'recovery', recoveryKey },
    ] as const) {
      const vault = openVault(optionsOver(disk));
      expect(vault.status().state).toBe('locked');
      await vault.unlock(credential);
      expect(vault.status()).toMatchObject({ state: 'secure', damaged: false });
      expect(vault.derive('test')).toEqual(key);
    }
    const vault = openVault(optionsOver(disk));
    expect(await codeOfFailure(() => vault.unlock({ kind: 'passphrase', passphrase: 'wrong' }))).toBe(
      'passphrase-wrong',
    );
    expect(await codeOfFailure(() => vault.unlock({ kind: 'recovery', recoveryKey: 'ABC' }))).toBe(
      'recovery-key-invalid',
    );
    const { recoveryKey: other } = await createVault({ ...optionsOver(disk), random: seededRandom(6) }, 'x');
    expect(await codeOfFailure(() => vault.unlock({ kind: 'recovery', recoveryKey: other }))).toBe(
      'recovery-key-wrong',
    );
    expect(vault.status().state).toBe('locked');
    expect(await codeOfFailure(() => vault.derive('test'))).toBe('vault-locked');
  });

  test('takes the same passphrase typed as other code points', async () => {
    const disk = new MemoryFileSystem();
    const { vault } = await createVault(optionsOver(disk), 'Gr\u00fc\u00dfe');
    vault.save();
    const again = openVault(optionsOver(disk));
    await again.unlock({ kind: 'passphrase', passphrase: 'Gru\u0308\u00dfe' });
    expect(again.status().state).toBe('secure');
  });

  test('works with the real cost of scrypt', async () => {
    expect(defaultScryptCost).toEqual({ cost: 32768, blockSize: 8, parallelization: 1 });
    const disk = new MemoryFileSystem();
    const options = { ...optionsOver(disk), scryptCost: defaultScryptCost };
    const { vault } = await createVault(options, passphrase);
    vault.save();
    const again = openVault(options);
    await again.unlock({ kind: 'passphrase', passphrase });
    expect(again.derive('a')).toEqual(vault.derive('a'));
  });

  test('adds and removes slots, and never the last one', async () => {
    const { disk, vault, recoveryKey } = await makeWorkspace();
    const [first, recovery] = vault.status().slots;
    const added = await vault.addSlot({ kind: 'passphrase', passphrase: 'second' });
    vault.removeSlot(first?.id ?? '');
    const renewed = await vault.addSlot({ kind: 'recovery' });
    vault.removeSlot(recovery?.id ?? '');

    const again = openVault(optionsOver(disk));
    expect(await codeOfFailure(() => again.unlock({ kind: 'passphrase', passphrase }))).toBe('passphrase-wrong');
    expect(await codeOfFailure(() => again.unlock({ kind: 'recovery', recoveryKey }))).toBe('recovery-key-wrong');
    await again.unlock({ kind: 'recovery', recoveryKey: renewed.recoveryKey ?? '' });
    await again.unlock({ kind: 'passphrase', passphrase: 'second' });
    expect(again.status()).toMatchObject({ openedBy: added.id, damaged: false });
    again.removeSlot(renewed.id);
    expect(
      await codeOfFailure(() => {
        again.removeSlot(added.id);
      }),
    ).toBe('key-slot-last');
    expect(await codeOfFailure(() => again.addSlot({ kind: 'passphrase', passphrase: '' }))).toBe('passphrase-missing');
  });

  test('keeps slots of kinds that it does not know', async () => {
    const { disk, vault } = await makeWorkspace();
    const file = JSON.parse(new TextDecoder().decode(disk.readFile(keysPath))) as { slots: object[] };
    const foreign = { kind: 'safeStorage', id: 'f', createdAtMs: 3, backend: 'keychain', sealed: 'AA==' };
    disk.plant(keysPath, text(JSON.stringify({ ...file, slots: [foreign, ...file.slots] })));
    vault.lock();
    await vault.unlock({ kind: 'passphrase', passphrase });
    expect(vault.status()).toMatchObject({ state: 'secure', damaged: true });
    expect(vault.status().slots.map(({ kind }) => kind)).toEqual(['safeStorage', 'passphrase', 'recovery']);
  });

  test('is lost where the key file is gone or no key file', async () => {
    const { disk } = await makeWorkspace();
    for (const content of [null, '', '{', '{"format":1}', '[]']) {
      if (content === null) disk.unplant(keysPath);
      else disk.plant(keysPath, text(content));
      const vault = openVault(optionsOver(disk));
      expect(vault.status().state).toBe('lost');
      expect(await codeOfFailure(() => vault.unlock({ kind: 'passphrase', passphrase }))).toBe('keys-damaged');
    }
  });

  test('keeps either the old or the new key file when the process ends while writing it', async () => {
    for (let at = 1; at <= 6; at += 1) {
      for (const kind of ['killed', 'lost', 'torn', 'zeros'] as const) {
        const { disk, vault, recoveryKey } = await makeWorkspace();
        const start = disk.operations.length;
        disk.fault = ({ number }) => (number === start + at ? { kind: 'crash', when: 'half' } : { kind: 'none' });
        await vault.addSlot({ kind: 'passphrase', passphrase: 'second' }).catch(() => undefined);
        const after = openVault(optionsOver(disk.afterCrash(kind, seededRandom(at).unit)));
        await after.unlock({ kind: 'recovery', recoveryKey });
        expect(after.status().damaged).toBe(false);
        expect([2, 3]).toContain(after.status().slots.length);
      }
    }
  });

  test('leaves memory as the file is when the file cannot be written', async () => {
    const { disk, vault } = await makeWorkspace();
    disk.readOnly = true;
    await expect(vault.addSlot({ kind: 'recovery' })).rejects.toThrow(/EROFS/);
    expect(() => {
      vault.removeSlot(vault.status().slots[0]?.id ?? '');
    }).toThrow(/EROFS/);
    expect(vault.status().slots).toHaveLength(2);
  });

  test('holds no key, passphrase or recovery key in its file', async () => {
    const { disk, key, recoveryKey } = await makeWorkspace();
    const content = Buffer.from(disk.readFile(keysPath)).toString('latin1');
    for (const secret of [
      passphrase,
      recoveryKey,
      recoveryKey.replace(/-/g, ''),
      Buffer.from(key).toString('base64'),
    ]) {
      expect(content).not.toContain(secret);
    }
  });
});

describe('every byte of the key file, changed', () => {
  /** Each byte, with one bit, with all bits, and to zero. */
  const changes = [(byte: number) => byte ^ 1, (byte: number) => byte ^ 0x80, (byte: number) => byte ^ 0xff, () => 0];

  test('is noticed: the file does not open, or opens to the same key and says that it is damaged', async () => {
    const { disk, key, recoveryKey } = await makeWorkspace();
    const whole = disk.readFile(keysPath);
    const sealedAt = new TextDecoder().decode(whole).indexOf('"sealed": "') + '"sealed": "'.length;
    let openedByTheOtherSlot = 0;
    for (let at = 0; at < whole.length; at += 1) {
      for (const change of changes) {
        const flipped = Uint8Array.from(whole);
        flipped[at] = change(whole[at] ?? 0);
        disk.plant(keysPath, flipped);
        for (const credential of [
          { kind: 'passphrase', passphrase },
          { kind: 'recovery', recoveryKey },
        ] as const) {
          const vault = openVault(optionsOver(disk));
          const code = await codeOfFailure(() => vault.unlock(credential));
          if (code === null) {
            if (credential.kind === 'recovery' && at >= sealedAt && at < sealedAt + 80) openedByTheOtherSlot += 1;
            expect(vault.status().damaged, `byte ${String(at)}`).toBe(true);
            expect(vault.derive('test')).toEqual(key);
          } else {
            expect(['passphrase-wrong', 'recovery-key-wrong', 'keys-damaged']).toContain(code);
          }
        }
      }
    }
    // A change in one slot must not lock out who opens another (a byte that breaks the JSON does).
    expect(openedByTheOtherSlot).toBeGreaterThanOrEqual(80);
  });

  test('is mended by making the other slots anew', async () => {
    const { disk, recoveryKey } = await makeWorkspace();
    const broken = new TextDecoder().decode(disk.readFile(keysPath)).replace('"cost": 16', '"cost": 32');
    disk.plant(keysPath, text(broken));
    const vault = openVault(optionsOver(disk));
    await vault.unlock({ kind: 'recovery', recoveryKey });
    expect(vault.status().damaged).toBe(true);
    await vault.addSlot({ kind: 'passphrase', passphrase: 'new' });
    const again = openVault(optionsOver(disk));
    await again.unlock({ kind: 'passphrase', passphrase: 'new' });
    expect(again.status()).toMatchObject({ damaged: false });
    expect(again.status().slots.map(({ kind }) => kind)).toEqual(['recovery', 'passphrase']);
  });
});

describe('a sealed secret', () => {
  const label = 'connection/c1/token';
  const sealedBy = (vault: Vault): Uint8Array => vault.seal(label, text('s3cret'));

  test('opens under its own label only, in its own workspace only', async () => {
    const { disk, vault } = await makeWorkspace();
    const sealed = sealedBy(vault);
    expect(vault.open(label, sealed)).toEqual(text('s3cret'));
    expect(sealedBy(vault)).not.toEqual(sealed);
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('s3cret');
    expect(await codeOfFailure(() => vault.open('connection/c2/token', sealed))).toBe('secret-unreadable');
    const { vault: other } = await createVault({ ...optionsOver(disk, 'w2'), random: seededRandom(9) }, 'x');
    expect(await codeOfFailure(() => other.open(label, sealed))).toBe('secret-unreadable');
  });

  test('with any byte changed or cut does not open', async () => {
    const { vault } = await makeWorkspace();
    const sealed = sealedBy(vault);
    for (let at = 0; at < sealed.length; at += 1) {
      const flipped = Uint8Array.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      expect(await codeOfFailure(() => vault.open(label, flipped))).toBe('secret-unreadable');
      expect(await codeOfFailure(() => vault.open(label, sealed.subarray(0, at)))).toBe('secret-unreadable');
    }
  });

  test('keys differ by label, and are the same at every start', async () => {
    const { disk, vault } = await makeWorkspace();
    const again = openVault(optionsOver(disk));
    await again.unlock({ kind: 'passphrase', passphrase });
    expect(again.derive('store')).toEqual(vault.derive('store'));
    expect(again.derive('store')).not.toEqual(vault.derive('hash'));
    expect(again.derive('store')).toHaveLength(32);
  });
});
