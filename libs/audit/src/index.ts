export { chain, GENESIS, type AuditDraft, type ChainHead } from './chain.js';
export { exportChain, type ExportOrigin } from './export.js';
export { verifyChain, type ChainVerdict } from './verify-chain.js';
export { verifyExport, type ExportVerdict } from './verify-export.js';
