"""What speaks for which intent, as data: phrases with weights, the same for every way of asking.

A phrase is written in plain words; its words count by their lemmas, articles and fillers are left out of phrase and question.
<coin> <exchange> <amount> <quote> <time> <bound> stand for slots, ^ and $ for the ends, "..." for anything between.
Weights: 1 a hint, 3 a word that may mean it, 6 a word that does, 9 a phrase that decides, 14 one that overrules.
"""

from __future__ import annotations

EVIDENCE: dict[str, dict[int, str]] = {
    "funding": {
        30: "funding",
        16: """
            pays shorts; pays longs; paying shorts; paying longs; pay to hold; pays ... short; pays ... long; carry on; cost of carry; carry cost; carry trade
        """,
        14: "longs pay shorts; shorts pay longs; longs paying shorts; shorts paying longs",
        12: """
            paid to short; paid to long; paid for shorting; paid for holding; 8h rate; hourly rate perp; cost to hold perp; cost of holding perp; cost of
            holding short; cost of holding long; who pays whom; paying to be long; paying to be short; holding cost; interest on short; interest on long;
            overnight fee; overnight rate; hold ... perp; keep ... position open; earn ... short; get paid ... short; get paid ... long; paid ... perp; cost
            ... hold ... long; cost ... hold ... short
        """,
        3: "annualised; negative rate; positive rate; a year; pay",
    },
    "copy_trading": {
        16: """
            copy trading; copy trade; copy trader; copytrading; copy-trade; lead trader; master trader; social trading; traders to copy; traders to follow;
            trader to copy; trader to follow; mirror trading; who to copy; who to follow; whom to copy; copy ... trader; follow ... trader; trader ... copy;
            trader ... follow
        """,
        10: "trader; win rate; copy ... portfolio; should i copy; worth copying; drawdown; sharpe ratio; profit share; roi",
        4: "copy; followers; win; lead; roi",
    },
    "derivatives": {
        16: "list perpetual; offer perpetual; have perpetual; perp; future; option; perpetual",
        13: """
            open interest; oi; basis; mark price; index price; contango; backwardation; max pain; put call ratio; call put ratio; implied volatility; implied
            vol; delta hedge; long short ratio; spot premium; perp premium; perpetual premium; futures premium
        """,
        11: """
            derivative; perpetual swap; leverage; strike; expiry; calls and puts; puts; iv; volatility; liquidation; liquidations; contract; dated; theta
            decay; gamma; open a long; open a short; go long; go short; short <coin>; long <coin>; to short; to long; margin trading; cheapest to short;
            shorting; place to short; place to long; inverse contract; linear contract
        """,
        4: "short; long; mark; premium; discount to spot; call; put; settle; settlement",
    },
    "arbitrage": {
        30: "buy ... <exchange> ... sell ... <exchange>; sell ... <exchange> ... buy ... <exchange>",
        16: """
            arbitrage; free money; riskless profit; risk free profit; buy low ... sell high; buy ... sell ... profit; buy sell profit; profit; buy ... and
            sell ... <exchange>
        """,
        14: """
            triangle; buy ... sell ... <exchange>; buy <exchange> sell <exchange>; buy on ... sell on; sell on ... buy on; buy here ... sell there; buy in one
            ... sell
        """,
        11: """
            spread between; gap between; flip ... <exchange>; profit ... between; worth transferring; worth moving; worth sending; worth shifting; is it worth
            ... from; profitable to move; move ... from <exchange> to <exchange>; from <exchange> to <exchange>; <exchange> to <exchange> ... profit; price
            inefficiencies; mispriced; mispricing; mispricings; cross exchange; inefficiency; inefficiencies; price gap; price gaps; exploit; profitable
        """,
        7: """
            opportunity; loop; left after fees; net of fees; after fees; price difference ... profit; make money; biggest difference; largest difference;
            biggest price difference; biggest gap; difference to exploit; flip; profit from; transfer ... between; round trip; risk free
        """,
        4: "gap",
        3: "between <exchange> and <exchange>; difference",
    },
    "liquidity": {
        13: """
            liquidity; order book; orderbook; slippage; price impact; market depth; market impact; without moving; bid ask spread; bid-ask spread; ask bid
            spread; move the price; moving the price; move the market; moving the market; thin book; depth of market; effective spread; fill a large; place a
            large; large order; big order; big orders; book depth; buy wall; sell wall; without slippage; size available; available size; handle; before price
            moves; before moving; depth chart; can i sell ... before; can i buy ... within; impact of; trade impact; how deep; deep enough; least slippage;
            lowest slippage; without paying more than ... slippage; within <number> of mid; price moves <number>; within <number> of; <number> depth
        """,
        11: """
            size; depth; book; tightest; tight; spread; absorb; thin; wide; wall; block; eat through; large trade; large size; large amount; in size; market
            maker; bids and asks; asks and bids; top of the book; dom; whale; large position
        """,
        3: "large; impact; order; fill; execution; fills",
    },
    "new_tokens": {
        30: """
            will ... be listed; when will ... list; will ... list; will ... get listed; will ... add; will ... launch; about to be delisted; going to be
            delisted; will ... be delisted; will ... delist
        """,
        14: """
            new listing; newly listed; listed first; list first; first to list; new coin; new token; just listed; recently listed; upcoming listing; upcoming
            coin; upcoming token; delist; about to be listed; going to list; will list; to be listed; be listed; listed recently; new pair; coming soon;
            launchpad; newly added; recently added; just added; got added; get added; got listed; get listed; listed today; listed <time>; added <time>; when
            ... listed; who listed; listed before; list before; listed earlier; removed from <exchange>; latest listing; fresh listing; recent listing;
            listing announcement; <exchange> listing; first listed; new on <exchange>; new at <exchange>; what is new; whats new; anything new; listing first;
            listings <time>; listed ... <time>; new ... <exchange>; delisting; going to be removed; listing date; coins launching; launching on; launch on;
            new stuff; debut; newest; who was first; first with; which exchange was first; brand new; how many coins ... add; coins did ... add; coins ...
            added; markets ... added; what was listed; what got listed; added ... past; added ... last; be delisted; new markets
        """,
        8: "list; launch; new; upcoming; add; removed; lists; new arrivals; came out; come out; dropped from; soon; just landed; hit <exchange>; next",
        3: "first; recently; announced; soon; <time>",
    },
    "trending_not_on": {
        13: """
            top movers; biggest movers; movers; mooning; mooning on; pumping on; what is mooning; running hot; popular; not have; doesnt have; that <exchange>
            ... not; anything ... <exchange> not have; trend; only on; exclusive; only listed on; only available on; available only; only trades on; listed
            only; unique to; only at; only be found; not found elsewhere; nowhere else; what is hot; hot coins; hot right now; early gems; hidden gems; hot
            on; popular on; hot at; popular at; hyped on; hype; coins only; exist only; nobody else; no other exchange; no one else has
        """,
        6: "give me the ones; the ones on; anything big; anything",
        4: "available; carry; missing; not yet on; has but; that ... has; early; present",
    },
    "volume_sentiment": {
        30: """
            people buying or selling; people buying; people selling; more buyers; buyers than sellers; sellers than buyers; buyers or sellers; buy pressure;
            sell pressure; buying pressure; selling pressure; who trades the most; trades the most; trade the most
        """,
        13: """
            volume; sentiment; bullish; bearish; most active; fear and greed; mood; active; activity; traded most; most traded; traded the most; most heavily
            traded; heavily traded; how much ... traded; how much ... was traded; traded today; traded <time>; traded in <time>; market feeling; traded value;
            how is market feeling; money flow; feeling about; feel about; risk on; risk off; bull or bear; hands changed; changed hands; changes hands; how
            busy; relative volume; unusual activity; unusual trading; how heavily; heavily; turnover; doubled
        """,
        9: """
            market feel; momentum; how much traded; busy; most popular exchange; how is the market; how are the markets; market today; inflow; inflows;
            outflow; outflows; market share; traded; actively traded; pressure; interest in
        """,
        2: "feel; flows",
    },
    "price_history": {
        16: """
            go down <today> or up; go up <today> or down; <coin> was how much; how much was <coin>; did <coin> go down; did <coin> go up; <coin> go down;
            <coin> go up
        """,
        12: """
            history; chart; price <time>; change <time>; moved <time>; perform; performance; price since; since <time>; over <time>; over the <time>; in the
            <time>; in <time>; during <time>; all time high; all time low; ath; price ... ago; ago; past price; was <coin>; was the price; been doing; has
            <coin> done; have <coin> done; did <coin> do; did <coin> close; did <coin> open; how did <coin>; how has <coin>; how have <coin>; how much has;
            how much did; ohlc; <time> change; <time> high; <time> low; <time> range; <time> return; <time> returns; high and low; highs and lows; change ...
            <time>; up or down; returns; compared to <time>; than <time>; worth <time>; high of day; how far has; percent change; price change; price changes;
            price action; drawdown of <coin>; used to cost; closing price; opening price; daily close; weekly close; price trend; trend line; trend over;
            historical; price ... <date>; down <today> or up; up <today> or down; go down <today>; go up <today>; went up <today>; change <today>; changed
            <today>; moved <today>; move <today>; <today> change; <today> high; <today> low; gained <today>; lost <today>; how has ... <today>; how did ...
            <today>; how is <coin> doing <today>; perform <today>; gainers <today>; losers <today>; high of <today>; low of <today>; rise <today>; fall
            <today>; last night; how far did; dump ... <time>; fall ... <time>; rise ... <time>; did <coin> ... <time>; <coin> in <date>; <date> price; <date>
            ... price; how cheap was; how expensive was; highest price ... <time>; lowest price ... <time>; high price ... <time>; low price ... <time>; price
            ... <time>; <coin> on <date>; <coin> since <date>
        """,
        7: """
            <time>; change; rise; fall; gone up; gone down; went up; went down; since; moved; movement; moves; trend <time>; swing; 52 week; top gainers; top
            losers; gainers; losers; volatile; date
        """,
        6: "<date>",
        3: "how is <coin> doing; doing; been",
        2: "was; were; did; past; had; went",
    },
    "status": {
        14: """
            <exchange> down; <exchange> up; is <exchange> working; is <exchange> ok; <exchange> working; <exchange> online; <exchange> offline; <exchange>
            live; exchanges are down; exchanges down; exchange is down; exchange are up; exchange are live; exchanges are online; <exchange> status; status
            of; system status; withdrawals open; deposits open; withdrawal ... open; deposit ... open; withdrawals on; wallet maintenance; under maintenance;
            how fresh; how stale; how old are; data age; age of data; last update; last updated; when was ... updated; updated; up to date; up and running;
            outage; uptime; can i withdraw; can i deposit; can you withdraw; able to withdraw; able to deposit; possible to withdraw; possible to deposit;
            withdrawal ... halted; deposit ... halted; withdrawal ... working; deposit ... working; wallet ... open; wallet ... working; wallets open; is
            pebble up; is pebble working; data delayed; data stale; data live; trading halted; trading ... halted; halted on; any outages; problems with
            <exchange>; issues with <exchange>; problems at <exchange>; issues at <exchange>; problem on <exchange>; <exchange> having; happened to
            <exchange>; going on with <exchange>; wrong with <exchange>; <exchange> respond; <exchange> broken; <exchange> maintenance; status; withdrawals
            suspended; deposits suspended; deposits paused; withdrawals paused; is ... down; is data; latency; response time; <exchange> stale; <exchange>
            health; how healthy; health of; is <exchange> back; <exchange> data; data fresh; is the data fresh; last read; last poll; last seen; oldest
            quotes; oldest prices; oldest data; newest data; how long ago did you; how recent; how current; stale quotes; freshness; deposits for; withdrawals
            for; deposits ... open; oldest; which exchange is up; exchanges are up
        """,
        12: """
            how old is your data; how old is the; how old are the; how old are your; how old is data; healthy; how old are quotes; how old are prices; which
            exchanges are online; what exchanges are online; exchanges healthy; closed
        """,
        9: """
            withdrawal; deposit; wallet; maintenance; halted; stale; down; working; live; broken; online; offline; responding; connected; reachable; health;
            respond; outdated
        """,
        3: "up; data; open; problem; update; running",
    },
    "compare": {
        13: """
            compare; comparison; versus; side by side; next to each other; next to one another; in one table; beside each other; head to head; line up; stack
            up; price table; table of prices; how does ... compare; differ between; prices differ; <exchange> versus <exchange>; <exchange> against
            <exchange>; price difference; difference in price; price ... differ; on each exchange; on every exchange; on all exchange; at each exchange; at
            every exchange; at all exchange; is <coin> cheap on <exchange> than; is ... cheap ... than on; is ... cheap ... than at; is ... dear ... than on;
            is ... dear ... than at; cheap on <exchange> than; cheap at <exchange> than; dear on <exchange> than; dear at <exchange> than; everywhere; per
            exchange; by exchange
        """,
        12: "across the exchange; price on <exchange> and <exchange>; prices on <exchange> and <exchange>",
        9: """
            across all exchange; across exchange; all exchanges; every exchange; each exchange; across all; different exchanges; all five exchanges; across
            five exchanges; across the five exchanges; various exchanges; each of the exchanges; prices everywhere; how much ... on each; between <exchange>
            and <exchange>; <coin> or <coin>; difference between
        """,
        6: "difference; <exchange> and <exchange>; <exchange> <exchange>; all venue; across; against; side; agree",
    },
    "best_price": {
        12: """
            best price; lowest price; highest price; best deal; best rate; where should i; where can i buy; where to buy; where do i buy; where can i sell;
            where to sell; where do i sell; which exchange should i; which exchange is cheapest; cheapest place; cheapest exchange; lowest ask; highest bid;
            best bid; best ask; best offer; cheapest way; best place to buy; best place to sell; best exchange to buy; best exchange to sell; where is ...
            cheapest; cheap <coin>; where ... cheap; cheapest; buy and sell; where would you buy; where would you sell; buy ... somewhere cheap
        """,
        7: """
            best exchange for buying; best exchange for selling; how much would i get; how much will i get; how much do i get; how much can i get; what would
            i get; how many <coin>; how much <coin>; current price; price now; price right now; latest price; price of <coin>; <coin> price; price for <coin>;
            pays the most; pay the most; pays most; where ... buy; where ... sell; where ... get; where ... dump; buy ... where; sell ... where; which
            exchange ... buy; which exchange ... sell; should i ... <exchange> or <exchange>; want to buy; want to sell; looking to buy; looking to sell; need
            to buy; need to sell; like to buy; like to sell; trying to sell; trying to buy
        """,
        5: """
            cheap; price; trading at; going for; selling for; trading for; how much is; how much are; how much for; worth; dear; buy; sell; cost of <coin>;
            get for; whats <coin>; what is <coin> at; get rid of; most expensive; spend; offload; cash out; <amount> <coin>; convert; swap
        """,
        3: "best; where; bid; ask; get; fee; fees; <amount>; how much; rate; exchange; pay",
        1: "<coin>; <exchange>",
    },
    "help": {
        24: """
            how do you pick; how do you rank; how do you calculate; how do you decide; how do you choose; how do you find; how do you determine; how do you
            measure; how do you compute; how do you get your; example questions; some examples; give me examples; sample questions; what is the difference
            between; difference between spot; what is the meaning of; supposed to mean; in simple words; in simple terms; for beginners; in plain english; for
            dummies; how are ... ranked; how are ... calculated; how is ... calculated; how is ... ranked; what can you do; what can i ask
        """,
        16: """
            what do you do; how do you work; how do you know; how do you get; what questions; how do i use; how to use; who are you; what are you; what is
            pebble; which exchanges do you; what exchanges do you; exchanges do you support; exchanges are supported; exchanges do you cover; exchanges do you
            track; how does pebble; how does this work; how does it work; how does this site; what does ... mean; what is meant by; meaning of; definition of;
            define; explain; what is a; what is an; what are <term>; difference between a; ^ help $; help me understand; help ^; help please; tell me about
            yourself; capabilities; where do you get; where does your data; where do your; your data come; data come from; data sources; your sources; how is
            ... measured; how does ... work; how do ... work; what does pebble; what do you mean; teach me; glossary; terminology; documentation; docs;
            tutorial; how often do you; do you have an api; is there an api; is there api; what do you know; what do you support; do you support; do you
            cover; do you track; how can you help; can you help; how are you able; what is this; what kind of questions; how accurate; which coins do you;
            what coins do you; which tokens do you; are you a bot; are you human; are you an ai; what is your name; need help; some help; how to read; how
            should i read; i do not understand; eli5; why is it called; why do exchanges; why do prices; why does ... differ
        """,
        6: "help; explain; what does; mean; understand; definition; how come; works",
    },
}

# A question that is nothing but "what is" and one of these asks for its meaning.
TERMS = """
funding; funding rate; funding rates; open interest; slippage; arbitrage; triangular arbitrage; liquidity; market depth; depth; order book; orderbook; spread;
bid ask spread; basis; contango; backwardation; perpetual; perpetual futures; perpetual swap; perp; perps; mark price; index price; copy trading; lead trader;
volume sentiment; taker fee; maker fee; maker and taker; price impact; basis point; basis points; bps; bp; futures; options; max pain; implied volatility; put
call ratio; leverage; stablecoin; apr; cost of carry; carry; sentiment; market order; limit order; delisting; listing; receipt; confidence; stale; outlier;
best price; liquidity score; score; delta; gamma; strike; strike price; bid; ask; derivatives; derivative; volume; ticker; token; crypto; blockchain; wallet;
an exchange; exchange; impermanent loss; liquidation; long short ratio; sharpe; drawdown; roi; net price; arbitrage opportunity; sharpe ratio; reference
price; market cap; order; ath; pair; trading pair; candle; candlestick
"""
