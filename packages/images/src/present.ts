import type { Component } from './component.ts';
import type { Store } from './store.ts';
import type { Tools } from './tool.ts';

/** Whether a component is where it belongs. Of one that is in Docker, the note of where it comes from is in use, too. */
export async function isPresent(
  component: Component,
  key: string,
  { store, tools }: { readonly store: Store; readonly tools: Tools },
): Promise<boolean> {
  if (component.present && !(await component.present(key, tools))) return false;
  const kept = await store.has(component.name, key);
  return component.present !== undefined || kept;
}
