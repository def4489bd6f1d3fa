import type {ServerResponse} from 'node:http'

/** Of platform-facts §8.4; maintenance is logged at level info and so is no error. */
export const routerErrors = {
  crashed: {at: 'error', code: 'H10', desc: 'App crashed'},
  timeout: {at: 'error', code: 'H12', desc: 'Request timeout'},
  closed: {at: 'error', code: 'H13', desc: 'Connection closed without response'},
  cut: {at: 'error', code: 'H18', desc: 'Server Request Interrupted', sock: 'backend'},
  noWeb: {at: 'error', code: 'H14', desc: 'No web processes running'},
  bootTimeout: {at: 'error', code: 'H20', desc: 'App boot timeout'},
  clientGone: {at: 'warning', code: 'H27', desc: 'Client Request Interrupted', sock: 'client'},
  maintenance: {at: 'info', code: 'H80', desc: 'Maintenance mode'},
  platform: {at: 'error', code: 'H99', desc: 'Platform error'},
} as const

export type RouterError = (typeof routerErrors)[keyof typeof routerErrors]

/** 503 with a page that does not say why, except under maintenance (platform-facts §4). */
export function errorPage(res: ServerResponse, code: RouterError['code']): void {
  const title = code === 'H80' ? 'Offline for Maintenance' : 'Application error'
  const page = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`
  res.writeHead(503, {'Cache-Control': 'no-cache, no-store', 'Content-Type': 'text/html; charset=utf-8'}).end(page)
}
