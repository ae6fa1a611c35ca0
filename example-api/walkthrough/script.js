// @ts-check

/** What a client asks for at first: to know who it is, to stay, and two things of the API. */
export const wanted = 'openid offline_access books:read shop:north:orders:read'
/** What she leaves of it. */
export const left = ['offline_access', 'books:read']

export const bookRoute = 'GET /books/9780156027328'
export const ordersRoute = 'GET /shops/north/orders'

export const refundRoute = 'POST /shops/north/orders/1/refund'
export const purchaseRoute = 'POST /books/9780156027328/purchases'
export const otherPurchaseRoute = 'POST /books/9780441478125/purchases'
/** What she may allow: one copy of one book. */
export const purchase = { type: 'purchase', actions: ['buy'], identifier: '9780156027328' }
