"""The coins and shares of the simulated world: `CODE price name`, most traded first. Hand-written, plain data.

Prices are dollars of an invented day; only their order of magnitude is meant to look familiar.
"""

from __future__ import annotations

COINS = """
BTC 96400 Bitcoin|ETH 3480 Ethereum|SOL 188 Solana|XRP 2.31 XRP|DOGE 0.214 Dogecoin|BNB 912 BNB|SUI 3.42 Sui|ADA 0.782 Cardano|TRX 0.291 TRON
LINK 17.9 Chainlink|PEPE 0.0000112 Pepe|AVAX 24.6 Avalanche|TON 3.05 Toncoin|LTC 104 Litecoin|SHIB 0.0000127 Shiba Inu|BCH 512 Bitcoin Cash
DOT 4.61 Polkadot|HBAR 0.188 Hedera|XLM 0.287 Stellar|POL 0.412 Polygon|NEAR 2.64 NEAR Protocol|UNI 8.4 Uniswap|APT 5.12 Aptos|AAVE 214 Aave
ENA 0.53 Ethena|WLD 1.21 Worldcoin|ARB 0.437 Arbitrum|OP 0.82 Optimism|FIL 2.71 Filecoin|ICP 5.6 Internet Computer|ETC 19.8 Ethereum Classic
ATOM 4.3 Cosmos|INJ 13.1 Injective|ONDO 0.91 Ondo|TAO 386 Bittensor|SEI 0.297 Sei|FET 0.64 Artificial Superintelligence Alliance|WIF 0.88 dogwifhat
BONK 0.0000214 Bonk|FLOKI 0.0000893 Floki|TRUMP 8.9 Official Trump|JUP 0.472 Jupiter|TIA 1.83 Celestia|RENDER 3.74 Render|LDO 1.12 Lido DAO
CRV 0.71 Curve|S 0.318 Sonic|ALGO 0.224 Algorand|VET 0.0238 VeChain|MNT 1.04 Mantle|XMR 318 Monero|ZEC 61.4 Zcash|DASH 24.3 Dash|KAS 0.0812 Kaspa
BGB 4.51 Bitget Token|GT 16.2 GateToken|KCS 11.4 KuCoin Token|LEO 9.1 UNUS SED LEO|HYPE 38.2 Hyperliquid|VIRTUAL 1.34 Virtuals Protocol
PENGU 0.0291 Pudgy Penguins|FARTCOIN 1.02 Fartcoin|SPX 1.27 SPX6900|PYTH 0.127 Pyth Network|STX 0.71 Stacks|IMX 0.53 Immutable|GRT 0.093 The Graph
SAND 0.284 The Sandbox|MANA 0.297 Decentraland|AXS 2.41 Axie Infinity|GALA 0.0163 Gala|APE 0.61 ApeCoin|CHZ 0.0412 Chiliz|EGLD 14.7 MultiversX
THETA 0.79 Theta Network|XTZ 0.78 Tezos|FLOW 0.38 Flow|SNX 0.68 Synthetix|COMP 47.2 Compound|DYDX 0.61 dYdX|RUNE 1.27 THORChain
ENS 24.9 Ethereum Name Service|JASMY 0.0148 JasmyCoin|ORDI 8.72 ORDI|SATS 0.0000000412 SATS|NOT 0.00187 Notcoin|CAKE 2.68 PancakeSwap
PENDLE 4.21 Pendle|EIGEN 1.32 EigenCloud|STRK 0.129 Starknet|ZK 0.0563 ZKsync|ZRO 1.94 LayerZero|W 0.0781 Wormhole|JTO 1.87 Jito
MEW 0.00291 cat in a dogs world|POPCAT 0.312 Popcat|MOODENG 0.161 Moo Deng|GOAT 0.102 Goatseus Maximus|PNUT 0.241 Peanut the Squirrel|ACT 0.0462 Act I
NEIRO 0.000394 Neiro|TURBO 0.00431 Turbo|BRETT 0.0497 Brett|MOG 0.00000104 Mog Coin|BABYDOGE 0.00000000132 Baby Doge Coin|CAT 0.00000812 Simon's Cat
BTT 0.000000641 BitTorrent|LUNC 0.0000597 Terra Classic|LUNA 0.161 Terra|USTC 0.0128 TerraClassicUSD|CKB 0.00482 Nervos|CFX 0.142 Conflux
IOTA 0.187 IOTA|NEO 6.14 NEO|GAS 3.02 Gas|QTUM 2.31 Qtum|ZIL 0.0117 Zilliqa|ONT 0.141 Ontology|ICX 0.132 ICON|WAXP 0.0214 WAX
BAT 0.151 Basic Attention Token|ZRX 0.241 0x Protocol|1INCH 0.248 1inch|SUSHI 0.68 SushiSwap|YFI 5230 yearn.finance|BAL 1.04 Balancer
LRC 0.0891 Loopring|KSM 15.2 Kusama|CELO 0.287 Celo|ANKR 0.0148 Ankr|SKL 0.0241 SKALE|COTI 0.0512 COTI|HOT 0.000914 Holo|ENJ 0.0683 Enjin Coin
MASK 1.28 Mask Network|GMT 0.0471 GMT|MAGIC 0.162 Treasure|BLUR 0.0794 Blur|ID 0.161 Space ID|ARKM 0.484 Arkham|CYBER 1.67 CyberConnect
BICO 0.0982 Biconomy|LPT 6.41 Livepeer|AR 6.12 Arweave|ROSE 0.0261 Oasis|MINA 0.174 Mina|KAVA 0.371 Kava|BAND 0.612 Band Protocol|API3 0.742 API3
TRB 34.7 Tellor|UMA 1.12 UMA|SSV 8.61 SSV Network|RPL 5.92 Rocket Pool|FXS 2.61 Frax Share|GMX 14.2 GMX|WOO 0.0684 WOO|RDNT 0.0213 Radiant Capital
AUDIO 0.0612 Audius|CHR 0.0843 Chromia|ALICE 0.361 My Neighbor Alice|DUSK 0.0641 Dusk|PHB 0.482 Phoenix|AGLD 0.712 Adventure Gold
HIGH 0.512 Highstreet|HOOK 0.0981 Hooked Protocol|EDU 0.131 Open Campus|ACH 0.0197 Alchemy Pay|AMP 0.00334 Amp|BLZ 0.0421 Bluzelle|C98 0.0523 Coin98
CELR 0.00781 Celer|CTSI 0.0641 Cartesi|CVC 0.0912 Civic|DENT 0.000713 Dent|DGB 0.00812 DigiByte|DODO 0.0421 DODO|FLUX 0.214 Flux
FORTH 2.31 Ampleforth Governance|GLM 0.241 Golem|GNO 131 Gnosis|ILV 13.4 Illuvium|IOTX 0.0213 IoTeX|IOST 0.00342 IOST|JST 0.0341 JUST
KNC 0.341 Kyber Network|LSK 0.392 Lisk|MTL 0.721 Metal DAO|NKN 0.0271 NKN|NMR 14.1 Numeraire|OGN 0.0612 Origin|OMG 0.221 OMG Network
ONE 0.0103 Harmony|OXT 0.0581 Orchid|PEOPLE 0.0184 ConstitutionDAO|POWR 0.161 Powerledger|QNT 98.4 Quant|RAY 2.81 Raydium|REQ 0.121 Request
RLC 0.982 iExec|RSR 0.00712 Reserve Rights|RVN 0.0124 Ravencoin|SC 0.00312 Siacoin|SFP 0.471 SafePal|SLP 0.00172 Smooth Love Potion|STORJ 0.241 Storj
SUN 0.0192 Sun|SXP 0.171 Solar|SYS 0.0412 Syscoin|TLM 0.00461 Alien Worlds|TWT 0.812 Trust Wallet|UTK 0.0312 xMoney|VTHO 0.00191 VeThor
WIN 0.0000461 WINkLink|XEC 0.0000204 eCash|XEM 0.0142 NEM|XNO 0.891 Nano|XVG 0.00521 Verge|XVS 5.82 Venus|BSV 27.4 Bitcoin SV|DCR 16.2 Decred
SYRUP 0.461 Maple Finance|SUP 0.0214 Superfluid|UP 0.0841 Superform|KMNO 0.0571 Kamino|DRIFT 0.461 Drift|GRASS 0.912 Grass|AIXBT 0.112 aixbt
ALT 0.0294 AltLayer|ACE 0.541 Fusionist|AXL 0.312 Axelar|SUPER 0.561 SuperVerse|PORTAL 0.0461 Portal|XAI 0.0512 Xai|MANTA 0.214 Manta Network
DYM 0.241 Dymension|AEVO 0.0981 Aevo|ETHFI 1.12 ether.fi|BOME 0.00171 Book of Meme|REZ 0.0121 Renzo|LISTA 0.241 Lista DAO|IO 0.712 io.net
BANANA 18.4 Banana Gun|DOGS 0.000131 Dogs|HMSTR 0.000781 Hamster Kombat|CATI 0.0871 Catizen|SCR 0.312 Scroll|LUMIA 0.281 Lumia|KAIA 0.141 Kaia
COW 0.361 CoW Protocol|CETUS 0.112 Cetus|USUAL 0.0812 Usual|ME 0.712 Magic Eden|MOVE 0.131 Movement|BIO 0.0712 Bio Protocol|ANIME 0.0181 Animecoin
BERA 2.04 Berachain|LAYER 0.612 Solayer|KAITO 1.31 Kaito|IP 4.61 Story|NIL 0.321 Nillion|PARTI 0.181 Particle|GUN 0.0341 Gunz|BABY 0.0491 Babylon
INIT 0.391 Initia|HAEDAL 0.112 Haedal|SIGN 0.0741 Sign|SXT 0.0812 Space and Time|NXPC 0.812 NEXPACE|SOPH 0.0341 Sophon|HUMA 0.0261 Huma Finance
RESOLV 0.171 Resolv|HOME 0.0241 Defi App|SAHARA 0.0812 Sahara AI|NEWT 0.241 Newton|C 0.212 Chainbase|ERA 0.681 Caldera|TOWNS 0.0241 Towns
PROVE 0.912 Succinct|DOLO 0.141 Dolomite|WLFI 0.172 World Liberty Financial|LINEA 0.0181 Linea|HOLO 0.241 Holoworld|AVNT 0.812 Avantis
ASTER 1.12 Aster|XPL 0.441 Plasma|0G 1.41 0G|2Z 0.191 DoubleZero|9BIT 0.0312 The9bit|10SET 0.0112 Tenset|A 0.412 Vaulta|SKY 0.0671 Sky
OXEN 0.0641 Oxen|XCH 9.81 Chia|CSPR 0.0081 Casper|SFUND 0.241 Seedify
"""
# Codes that are one coin on several exchanges but not written in ASCII.
CHINESE = (
    ("币安人生", 0.141, "BinanceLife"), ("龙虾", 0.0124, "Lobster"), ("牛来", 0.00312, "Bull Comes"), ("老子", 0.00184, "Laozi"),
    ("小股东", 0.000912, "Small Shareholder"),
)  # fmt: skip
STABLES = (
    ("USDC", "USDCoin", 1.0), ("FDUSD", "First Digital USD", 0.9985), ("USD1", "World Liberty USD", 0.9995), ("DAI", "Dai", 1.0),
    ("TUSD", "TrueUSD", 0.9982),
    ("USDE", "Ethena USDe", 0.9992), ("PYUSD", "PayPal USD", 0.9997), ("GUSD", "Gemini Dollar", 0.999), ("USDD", "USDD", 0.9994), ("RLUSD", "Ripple USD", 1.0),
)  # fmt: skip
FIATS = (("EUR", "Euro", 1.0862), ("TRY", "Turkish Lira", 0.0238), ("BRL", "Brazilian Real", 0.1843))

SHARES = """
NVDA AAPL TSLA MSFT AMZN META GOOGL COIN MSTR HOOD CRCL AMD INTC NFLX AVGO ORCL PLTR UBER PYPL SHOP ABNB SNAP PINS SPOT ROKU BABA JD PDD NIO XPEV LI
BIDU TME BILI NTES TSM ASML QCOM MU TXN ADI MRVL LRCX AMAT KLAC ARM SMCI DELL HPQ IBM CSCO CRM NOW ADBE INTU SNOW DDOG NET ZS CRWD PANW FTNT OKTA TEAM
MDB TWLO ZM DOCU BOX DBX SQ AFRM UPST SOFI NU MELI SE GRAB CPNG RBLX EA TTWO DIS CMCSA T VZ TMUS CHTR WBD FOXA NKE LULU SBUX MCD YUM CMG DPZ KO PEP
MNST KHC GIS PG CL EL WMT COST TGT HD LOW BBY DG DLTR KR CVS WBA UNH CI HUM ELV JNJ PFE MRK ABBV LLY BMY AMGN GILD REGN VRTX MRNA BNTX NVO AZN GSK SNY
TMO DHR ABT MDT SYK ISRG BSX EW ZTS JPM BAC WFC C GS MS SCHW BLK BX KKR APO V MA AXP COF DFS BRKB AIG MET PRU ALL TRV PGR CB XOM CVX COP SLB HAL OXY
EOG MPC PSX VLO KMI WMB ENPH FSLR SEDG RUN PLUG BE NEE DUK SO D AEP EXC BA LMT RTX NOC GD GE HON MMM CAT DE UPS FDX UNP CSX NSC DAL UAL AAL LUV CCL
RCL NCLH MAR HLT F GM RIVN LCID RACE TM STLA QQQ SPY TQQQ GLD SLV MARA RIOT CLSK HUT BMNR SBET GME AMC CVNA OPEN IONQ RGTI QBTS SMR OKLO
""".split()  # noqa: SIM905 - two hundred quoted words are no easier to read
