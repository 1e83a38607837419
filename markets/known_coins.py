"""Coins and exchanges that people ask about by name, known before any database is: what the words of a question may mean. Plain data.

Only for reading questions; what an installation stores starts from `markets/seeds.py`. The first name is the one that is shown.
"""

from __future__ import annotations

# ticker: names and nicknames, in groups of a kind
_COINS = """
BTC: bitcoin, bit coin, the orange coin; ETH: ethereum, ether, eth coin; BNB: bnb, binance coin, bnb coin; SOL: solana, sol coin; XRP: xrp, ripple; DOGE:
dogecoin, doge coin, doggecoin; ADA: cardano; TRX: tron; AVAX: avalanche; LINK: chainlink, chain link; DOT: polkadot, polka dot; POL: polygon, matic network;
TON: toncoin, the open network, ton coin; SHIB: shiba inu, shiba, shib inu; SUI: sui; LTC: litecoin, lite coin; BCH: bitcoin cash, bcash; NEAR: near protocol;
APT: aptos; UNI: uniswap; ICP: internet computer, dfinity; ETC: ethereum classic, ether classic; XLM: stellar, stellar lumens, lumens; ATOM: cosmos, cosmos
hub; FIL: filecoin, file coin; HBAR: hedera, hedera hashgraph, hashgraph; ARB: arbitrum; OP: optimism; INJ: injective, injective protocol; IMX: immutable,
immutable x; VET: vechain; ALGO: algorand; AAVE: aave; GRT: the graph, graph protocol; SAND: the sandbox, sandbox; MANA: decentraland; AXS: axie infinity,
axie; EGLD: multiversx, elrond; THETA: theta network, theta; XTZ: tezos; FLOW: flow; CHZ: chiliz; APE: apecoin, ape coin; CRV: curve, curve dao, curve
finance; SNX: synthetix; COMP: compound; LDO: lido, lido dao; DYDX: dydx; PEPE: pepe, pepe coin, pepecoin; BONK: bonk; FLOKI: floki, floki inu; WIF:
dogwifhat, dog wif hat; BTT: bittorrent; JUP: jupiter; PYTH: pyth network, pyth; TIA: celestia; SEI: sei; KAS: kaspa; RENDER: render, render network; FET:
artificial superintelligence alliance, fetch ai, fetch; STX: stacks; RUNE: thorchain, thor chain; GALA: gala games, gala; MNT: mantle; BSV: bitcoin sv,
bitcoin satoshi vision; XMR: monero; ZEC: zcash; DASH: dash; ENS: ethereum name service; 1INCH: 1inch; LUNA: terra, terra luna; LUNC: terra classic, luna
classic; USTC: terraclassicusd; SKY: sky, maker, makerdao; S: sonic, fantom, sonic labs; A: vaulta; CAKE: pancakeswap, pancake swap, pancake; JASMY:
jasmycoin, jasmy coin; ORDI: ordinals, ordi; SATS: sats; WLD: worldcoin, world coin; ENA: ethena; ONDO: ondo, ondo finance; NOT: notcoin; WAXP: wax; OXEN:
oxen; SYRUP: maple finance, maple; CAT: simons cat, simon s cat; MOG: mog coin; BABYDOGE: baby doge, baby doge coin; HOT: holo, holochain; GAS: neo gas; KCS:
kucoin token, kucoin shares; GT: gatetoken, gate token; BGB: bitget token, bitget coin; HYPE: hyperliquid, hyper liquid; TAO: bittensor, bit tensor; TRUMP:
trump coin, official trump; MELANIA: melania coin, melania meme; FARTCOIN: fartcoin, fart coin; PENGU: pudgy penguins; VIRTUAL: virtuals protocol, virtuals;
MOVE: movement, movement labs; PNUT: peanut the squirrel, peanut; GOAT: goatseus maximus; POPCAT: popcat, pop cat; MEW: cat in a dogs world; BRETT: brett;
TURBO: turbo; NEIRO: neiro; PUMP: pump fun, pumpfun; ASTER: aster; XPL: plasma; WLFI: world liberty financial, world liberty; BERA: berachain; IP: story
protocol; KAITO: kaito; LAYER: solayer; ZRO: layerzero, layer zero; ZK: zksync, zk sync; STRK: starknet, stark net; MANTA: manta network; DYM: dymension; ALT:
altlayer; PIXEL: pixels; PORTAL: portal gaming; W: wormhole; ETHFI: ether fi, etherfi; EIGEN: eigenlayer, eigen layer; REZ: renzo; BB: bouncebit, bounce bit;
LISTA: lista dao; IO: io net; TNSR: tensor; SAGA: saga; OMNI: omni network; AEVO: aevo; XAI: xai games; AI: sleepless ai; ACE: fusionist; NFP: nfprompt; MEME:
memecoin token; BLUR: blur; BLAST: blast; SCR: scroll; HMSTR: hamster kombat; CATI: catizen; DOGS: dogs; MAJOR: major; BANANA: banana gun; ME: magic eden;
MAGIC: treasure dao, treasure; GMX: gmx; GNS: gains network; PENDLE: pendle; RDNT: radiant capital, radiant; JTO: jito; ORCA: orca; RAY: raydium; DRIFT: drift
protocol; KMNO: kamino; MNDE: marinade; CFX: conflux; KAVA: kava; OSMO: osmosis; EVMOS: evmos; SCRT: secret network; AKT: akash, akash network; JUNO: juno;
AXL: axelar; DYP: defi yield protocol; QNT: quant, quant network; FTT: ftx token; CRO: cronos, crypto com coin; OKB: okb; LEO: unus sed leo, leo token; HT:
huobi token; WBT: whitebit coin; GUSD: gemini dollar; NEO: neo; ONT: ontology; ONG: ontology gas; QTUM: qtum; ICX: icon, icon network; ZIL: zilliqa; IOTA:
iota, miota; XEM: nem; WAVES: waves; LSK: lisk; SC: siacoin, sia; DCR: decred; DGB: digibyte; RVN: ravencoin, raven coin; XVG: verge; ZEN: horizen; BTG:
bitcoin gold; NANO: nano; XNO: nano currency; STEEM: steem; HIVE: hive; KMD: komodo; ARK: ark; STRAX: stratis, stratis network; SYS: syscoin; XDC: xdc
network, xinfin; ERG: ergo; CKB: nervos, nervos network; CELO: celo; ONE: harmony, harmony one; ROSE: oasis network, oasis; GLMR: moonbeam, moon beam; MOVR:
moonriver, moon river; ASTR: astar, astar network; KSM: kusama; ACA: acala; PHA: phala, phala network; CFG: centrifuge; MINA: mina protocol, mina; FLR: flare,
flare network; SGB: songbird; VTHO: vethor, vethor token; TFUEL: theta fuel; ANKR: ankr; SKL: skale; CTSI: cartesi; BOBA: boba network; METIS: metis; MASK:
mask network; API3: api3; BAND: band protocol; TRB: tellor; UMA: uma; DIA: dia data; LPT: livepeer, live peer; AR: arweave; STORJ: storj; HNT: helium; IOTX:
iotex; MOBILE: helium mobile; GRASS: grass; NMR: numeraire; OCEAN: ocean protocol; AGIX: singularitynet, singularity net; RLC: iexec; GLM: golem; GNO: gnosis;
REQ: request network; BAT: basic attention token; BICO: biconomy; CVC: civic; ZRX: 0x, 0x protocol; KNC: kyber network, kyber; BNT: bancor; SUSHI: sushiswap,
sushi swap, sushi; YFI: yearn, yearn finance; BAL: balancer; CVX: convex, convex finance; FXS: frax share, frax shares; FRAX: frax; SPELL: spell token; MIM:
magic internet money; ALPHA: alpha venture dao; LQTY: liquity; RPL: rocket pool; SSV: ssv network; SD: stader; ANGLE: angle protocol; COW: cow protocol,
cowswap; DODO: dodo; PERP: perpetual protocol; RAD: radicle; REN: ren protocol; RSR: reserve rights; SUPER: superverse, superfarm; TLM: alien worlds; ILV:
illuvium; GODS: gods unchained; YGG: yield guild games; SLP: smooth love potion; ENJ: enjin, enjin coin; ALICE: my neighbor alice; PYR: vulcan forged; UFO:
ufo gaming; HIGH: highstreet;  BEAM: beam; RON: ronin, ronin network; PRIME: echelon prime; GMT: stepn; GST: green satoshi token; SWEAT:
sweat economy, sweatcoin; ACH: alchemy pay; XCN: onyxcoin, onyx coin; AMP: amp token; COTI: coti; CELR: celer, celer network; SYN: synapse; HOP: hop protocol;
STG: stargate, stargate finance; ACX: across protocol; WOO: woo network; DENT: dent; WIN: winklink, wink link; SUN: sun token; KEY: selfkey; FUN: funtoken;
MTL: metal dao; OGN: origin protocol; POWR: power ledger; REEF: reef; CHR: chromia; LRC: loopring; OMG: omg network, omisego; ELF: aelf; LOOM: loom network;
NKN: nkn; OXT: orchid; STMX: stormx; TRU: truefi; TWT: trust wallet token; UTK: utrust, xmoney; VIC: viction; VITE: vite; WRX: wazirx token; XVS: venus, venus
protocol; ALPACA: alpaca finance; BSW: biswap; BURGER: burgerswap; C98: coin98; DEGO: dego finance; EPX: ellipsis; FIS: stafi; FLUX: flux; FORTH: ampleforth
governance; GHST: aavegotchi; HARD: kava lend; IDEX: idex; JOE: joe, trader joe; KLAY: klaytn; KAIA: kaia; LAZIO: lazio fan token; SANTOS: santos fan token;
PSG: psg fan token; BAR: barcelona fan token; CITY: manchester city fan token; JUV: juventus fan token; MBOX: mobox; MDT: measurable data token; NEXO: nexo;
NULS: nuls; PAXG: pax gold, paxos gold; XAUT: tether gold; PUNDIX: pundi x; QUICK: quickswap; RIF: rootstock infrastructure; SFP: safepal; SNT: status token;
STPT: stp network; SXP: solar; THE: thena; TKO: tokocrypto; VANRY: vanar chain, vanar; VIDT: vidt dao; WNXM: wrapped nxm; XEC: ecash, e cash; BTTC: bittorrent
chain; ZBCN: zebec, zebec network; AERO: aerodrome, aerodrome finance; VELO: velodrome; MORPHO: morpho; EUL: euler; FLUID: fluid, instadapp; RESOLV: resolv;
SPK: spark; SAFE: safe wallet token; CPOOL: clearpool; CHEX: chintai; OM: mantra, mantra dao; RIO: realio; POLYX: polymesh; TRAC: origintrail, origin trail;
VVV: venice token, venice ai; AIXBT: aixbt; AI16Z: ai16z; GRIFFAIN: griffain; ARC: ai rig complex; SWARMS: swarms; ZEREBRO: zerebro; COOKIE: cookie dao;
PROMPT: wayfinder; AGI: delysium; NOS: nosana; PAAL: paal ai; OLAS: autonolas; PHB: phoenix; CGPT: chaingpt; NUM: numbers protocol; RSS3: rss3; GIGA:
gigachad; SPX: spx6900; MOODENG: moo deng, moodeng; CHILLGUY: chill guy; ACT: act i the ai prophecy; SLERF: slerf; BOME: book of meme; MYRO: myro; WEN: wen;
SAMO: samoyedcoin; DEGEN: degen; TOSHI: toshi; KEYCAT: keyboard cat; MICHI: michi; USELESS: useless coin; TROLL: troll; BAN: comedian; VINE: vine coin;
JELLYJELLY: jelly my jelly; AVA: ava ai; GRIFF: griff; PEOPLE: constitutiondao, constitution dao; LADYS: milady meme; ELON: dogelon mars, dogelon; KISHU:
kishu inu; AKITA: akita inu; HOGE: hoge finance; SAFEMOON: safemoon, safe moon; VOLT: volt inu; COQ: coq inu; MUMU: mumu the bull; PONKE: ponke; SUNDOG:
sundog; SIREN: siren; BROCCOLI: broccoli; MUBARAK: mubarak; TST: test token; CAKEPIE: cakepie; INIT: initia; HAEDAL: haedal; NS: sui name service; DEEP:
deepbook; WAL: walrus; CETUS: cetus; BLUE: bluefin; NAVX: navi protocol; SCA: scallop; SEND: suilend; HUMA: huma finance; LA: lagrange; SAHARA: sahara ai;
NEWT: newton protocol; HOME: defi app; RECALL: recall; LINEA: linea; BARD: lombard; AVNT: avantis; MIRA: mira network; FF: falcon finance; EDEN: openeden;
MON: monad; MEGA: megaeth; ZORA: zora; PROVE: succinct; TREE: treehouse; ERA: caldera; BLESS: bless; OPEN: openledger; HEMI: hemi; SOMI: somnia; ALLO: allora;
MET: meteora; YB: yield basis; ZBT: zerobase; ENSO: enso; TURTLE: turtle; KITE: kite ai; SAPIEN: sapien; COAI: chainopera; H: humanity protocol; Q: quack ai;
B: buildon; M: memecore; PI: pi network, pi coin; CC: canton network, canton; LIT: lighter; NIGHT: midnight; ANIME: animecoin; NIL: nillion; PARTI: particle
network; GUN: gunz; BMT: bubblemaps; RED: redstone; SHELL: myshell; TUT: tutorial token; SIGN: sign protocol; HYPER: hyperlane; KERNEL: kernel dao; BABY:
babylon; WCT: walletconnect, wallet connect; SOPH: sophon; SXT: space and time; NXPC: nexpace; DOOD: doodles; A8: ancient8; DBR: debridge; PLUME: plume;
LUMIA: lumia; ORBS: orbs; DIMO: dimo; GEOD: geodnet; ATH: aethir; NC: nodecoin; HONEY: hivemapper; WXT: wirex; PEAQ: peaq; CUDOS: cudos; FLT: fluence; PRCL:
parcl; ZETA: zetachain, zeta chain; ZKJ: polyhedra; CARV: carv; CORE: core dao; MERL: merlin chain; ALEX: alex lab; RATS: rats; PUPS: pups; DOG: dog go to the
moon; RUNES: runes; BSQUARED: b squared; SOLV: solv protocol; LBTC: lombard staked btc; BABYLON: babylon labs; ICE: ice network; DUCK: duck chain; MEMEFI:
memefi; TAPS: tapswap; X: x empire; BLUM: blum; PAWS: paws; NPC: non playable coin
"""

# A ticker's names that are former ones or said in another way; the ticker is today's.
MORE_NAMES = {
    "tether": "USDT", "tether usd": "USDT", "usd coin": "USDC", "circle usd": "USDC", "dai stablecoin": "DAI", "first digital usd": "FDUSD", "true usd": "TUSD",
    "trueusd": "TUSD", "paypal usd": "PYUSD", "ethena usde": "USDE", "euro coin": "EURC", "ripple usd": "RLUSD", "wrapped bitcoin": "WBTC",
    "wrapped btc": "WBTC",
    "wrapped ether": "WETH", "wrapped eth": "WETH", "staked ether": "STETH", "lido staked ether": "STETH", "btc coin": "BTC", "satoshis": "SATS",
}

# What money is called: word -> ticker. Only what a question can state as the currency it is to be counted in.
MONEY = {
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "usd": "USD", "usds": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR", "eurs": "EUR",
    "pound": "GBP", "pounds": "GBP", "quid": "GBP", "sterling": "GBP", "gbp": "GBP", "lira": "TRY", "liras": "TRY", "yen": "JPY", "jpy": "JPY", "reais": "BRL",
    "brl": "BRL", "zloty": "PLN", "pln": "PLN", "hryvnia": "UAH", "uah": "UAH", "rand": "ZAR", "zar": "ZAR", "rupee": "INR", "rupees": "INR", "inr": "INR",
    "krw": "KRW", "franc": "CHF", "francs": "CHF", "chf": "CHF", "cad": "CAD", "aud": "AUD", "cny": "CNY", "yuan": "CNY", "rmb": "CNY",
    "rub": "RUB", "ruble": "RUB", "rubles": "RUB", "roubles": "RUB", "ngn": "NGN", "naira": "NGN", "sgd": "SGD", "hkd": "HKD", "mxn": "MXN", "nzd": "NZD",
    "sek": "SEK", "nok": "NOK", "dkk": "DKK", "czk": "CZK", "huf": "HUF", "forint": "HUF", "idr": "IDR", "vnd": "VND", "thb": "THB", "php": "PHP", "kzt": "KZT",
    "aed": "AED", "dirham": "AED", "ars": "ARS",
}

# What coins are counted in besides money.
COUNTED_IN = (
    "USDT", "USDC", "FDUSD", "DAI", "TUSD", "USD1", "USDE", "PYUSD", "BUSD", "EURI", "EURC", "USDD", "BTC", "ETH", "BNB",
    "TRX", "KCS", "XRP", "DOGE", "SOL",
)  # fmt: skip

# Exchanges that Pebble does not cover: how they are written: spellings.
_UNCOVERED = """
OKX: okx, okex, ok ex, oke; Kraken: kraken, krakken; Coinbase: coinbase, coin base, coinbase pro, coinbase advanced; HTX: htx, huobi, huobi global; MEXC:
mexc, mexc global; Crypto.com: crypto.com, crypto com exchange; Bitfinex: bitfinex, finex; Bitstamp: bitstamp; Gemini: gemini; Upbit: upbit; Bithumb: bithumb;
Coinone: coinone; Korbit: korbit; bitFlyer: bitflyer; Coincheck: coincheck; Zaif: zaif; BingX: bingx, bing x; Phemex: phemex; Poloniex: poloniex, polo;
Bittrex: bittrex; BitMEX: bitmex; Deribit: deribit; LBank: lbank; BitMart: bitmart; XT.com: xt.com; ProBit: probit; AscendEX: ascendex, bitmax; CoinEx:
coinex; WhiteBIT: whitebit; Bitvavo: bitvavo; Bitpanda: bitpanda; Bitso: bitso; Mercado Bitcoin: mercado bitcoin; WazirX: wazirx; CoinDCX: coindcx; Luno:
luno; BTCTurk: btcturk; Paribu: paribu; Indodax: indodax; Tokocrypto: tokocrypto exchange; EXMO: exmo; HitBTC: hitbtc; YoBit: yobit; CEX.IO: cex.io; Backpack:
backpack; BloFin: blofin; Bitunix: bitunix; WEEX: weex; CoinW: coinw; Toobit: toobit; Pionex: pionex; Bitrue: bitrue; Swyftx: swyftx; FTX: ftx; Robinhood:
robinhood, robin hood; eToro: etoro; Revolut: revolut; Binance.US: binance.us, binanceus; PayPal: paypal; Cash App: cash app, cashapp; Venmo: venmo; Uphold:
uphold; Blockchain.com: blockchain.com; Changelly: changelly
"""


def _read(text: str) -> dict[str, tuple[str, ...]]:
    """{head: its words} of a table of `head: word, word;`."""
    rows = (row.partition(":") for row in text.replace("\n", " ").split(";") if row.strip())
    return {head.strip(): tuple(word.strip() for word in tail.split(",")) for head, _, tail in rows}


NAMES_OF_COINS: dict[str, tuple[str, ...]] = _read(_COINS)
UNCOVERED: dict[str, str] = {spelling: name for name, spellings in _read(_UNCOVERED).items() for spelling in spellings}
