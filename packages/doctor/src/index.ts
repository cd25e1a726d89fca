export { examine, kernelFacts } from './examine.ts';
export { type Fact, type Group, isReady, type State } from './fact.ts';
export { unusedBy } from './leftovers.ts';
export { render } from './render.ts';
export { otherProcesses, removeTemporary, temporaryFolders } from './temporary.ts';
