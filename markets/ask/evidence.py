"""What speaks for which intent, as data: phrases with weights, the same for every way of asking.

A phrase is written in plain words; its words count by their lemmas, articles and fillers are left out of phrase and question.
<coin> <exchange> <amount> <quote> <time> <bound> stand for slots, ^ and $ for the ends, "..." for anything between.
Weights: 1 a hint, 3 a word that may mean it, 6 a word that does, 9 a phrase that decides, 14 one that overrules.
"""

from __future__ import annotations

from markets.ask.evidence_prices import PRICES

_OTHERS: dict[str, dict[int, str]] = {
    "funding": {
        60: "predicted funding; next funding; funding tomorrow",
        30: "difference in funding; funding difference; funding differential; funding",
        24: """
            pays shorts; pays longs; paying shorts; paying longs; pay to hold; pays ... short; pays ... long; carry on; cost of carry; carry cost; carry
            trade; cost ... hold ... long; cost ... hold ... short; hold ... overnight; earn ... short; earn ... shorting; longs pay; shorts pay; pay longs;
            pay shorts; get paid ... short; get paid ... long; paid to short; paid to long; hold ... perp; earn ... holding; keep a long; keep a short; keep
            long open; keep short open; keep ... long ... open; keep ... short ... open; keep my long; keep my short; holding a long; holding a short; holding
            a position; hold a position; hold my position; collect ... short; collect ... shorting; receive ... short; shorts getting paid; longs getting
            paid; getting paid on; paying whom; paying who; who pays; for being long; for being short; being long; being short; rate to hold; rates to hold;
            pay ... hold; costs to hold; rate for holding; interest rate on; cost of leverage; earn ... perp; yield ... perp; annual rate ... perp; paid to
            hold; paid for holding; pay to stay; stay long; stay short; charge ... long; charge ... short; charges ... long; charges ... short; 8 hourly;
            8-hourly; hourly rate; 8h rate; 8 hour rate; eight hour rate; daily rate; paid for being; paid for shorting; paid for longing; longs paying;
            shorts paying; cost to finance; finance a; finance ... long; carry a short; carry a long; bleed; bleeding; every 8 hours; every eight hours; every
            <time>; pay ya; pay you to; pays you to; perps pay; perp pays; long holder; long holders; short holder; short holders; hand to the short; hand to
            the long; bears paying; bulls paying; bears pay; bulls pay; rolling a long; rolling a short; storage cost; holdin a long; holdin a short; long per
            day; short per day; a long on ... per; negative rates; positive rates; damage holding; taxed; long people; short people; counterparties; holding
            shorts; holding longs; for holding
        """,
        20: """
            hourly rate perp; cost to hold perp; cost of holding perp; cost of holding short; cost of holding long; who pays whom; paying to be long; paying
            to be short; holding cost; interest on short; interest on long; overnight fee; overnight rate; keep ... position open; paid ... perp
        """,
        14: "longs pay shorts; shorts pay longs; longs paying shorts; shorts paying longs",
        10: "carry",
        3: "annualised; negative rate; positive rate; a year; pay",
    },
    "copy_trading": {
        24: "copier",
        20: """
            copy trading; copy trade; copy trader; copytrading; copy-trade; lead trader; master trader; social trading; traders to copy; traders to follow;
            trader to copy; trader to follow; mirror trading; who to copy; who to follow; whom to copy; copy ... trader; follow ... trader; trader ... copy;
            trader ... follow; leaderboard; trader leaderboard; signal provider; signal providers; top traders; best traders; profitable traders; lead
            traders; trader with; trader has; roi of; pnl of; traders' roi; followed traders; copy portfolio; copy portfolios; copying; elite traders; elite
            trader; pro traders; star traders; assets under management; aum; imitate; imitates; imitating; duplicate; duplicating; shadow; shadowing; tail;
            tailing; replicate; replication; replicating; mimic; mimicking; mirrored; copyable; follow automatically; automatically follow; masters; master
            traders; experts; trades of others; others' trades; their trades; offering their trades; social trader; social traders; people i can copy; people
            to copy; profit share; track record; past results
        """,
        14: """
            trader; win rate; copy ... portfolio; should i copy; worth copying; drawdown; sharpe ratio; roi; traders on; traders have; traders with; traders
            by
        """,
        4: "copy; followers; win; lead; roi",
    },
    "derivatives": {
        26: "open interest; oi; implied volatility; implied vol; iv",
        22: """
            how many contracts; contracts are open; contracts open; perpetuals at; perps at; have perpetuals; perps on; go long; go short; to short; to long;
            long ... cheapest; short ... cheapest; cheapest ... long; cheapest ... short
        """,
        20: """
            list perpetual; offer perpetual; have perpetual; perp; future; option; perpetual; basis; mark price; index price; contango; backwardation; max
            pain; put call ratio; call put ratio; delta hedge; long short ratio; spot premium; perp premium; perpetual premium; futures premium; place to
            short; place to long; cheapest to short; leverage; long short; margined; coin margined; usdt margined; futures vs spot; future versus spot;
            strike; greeks; delta; skew; term structure; open a long; open a short; x long; x short; squeeze; liquidated; liquidations; settlement; margin
            requirement; notional; contracts exist; which contracts; contracts on; contracts for; puts; deviate from its index; deviate from index; mark
            deviate; june; september; december vs; march vs; roll; farthest delivery; delivery month; delivery; over or under the index; above or below the
            index; under the index; over the index; from its index; bettors; swaps
        """,
        15: """
            derivative; perpetual swap; expiry; calls and puts; volatility; liquidation; contract; dated; theta decay; gamma; short <coin>; long <coin>;
            margin trading; shorting; inverse contract; linear contract
        """,
        10: "calls; forward; forwards; ratio",
        4: "short; long; mark; premium; discount to spot; call; put; settle",
    },
    "new_tokens": {
        60: """
            will ... be listed; when will ... list; will ... list; will ... get listed; will ... add; will ... launch; about to be delisted; going to be
            delisted; will ... be delisted; will ... delist; listing news; delisting news; listings news; going to be listed; to be listed on; be listed next;
            listed next; list next; listings next; listing next; about to be listed; about to disappear; will be new
        """,
        30: "new coin",
        18: """
            newly listed; listed first; list first; first to list; new token; just listed; recently listed; upcoming listing; upcoming coin; upcoming token;
            delist; going to list; will list; to be listed; be listed; listed recently; new pair; coming soon; launchpad; newly added; recently added; just
            added; got added; get added; got listed; get listed; listed today; listed <time>; added <time>; who listed; listed before; list before; listed
            earlier; removed from <exchange>; latest listing; fresh listing; recent listing; listing announcement; <exchange> listing; first listed; new on
            <exchange>; new at <exchange>; what is new; whats new; anything new; listing first; listings <time>; listed ... <time>; new ... <exchange>;
            delisting; going to be removed; listing date; coins launching; launching on; launch on; new stuff; debut; who was first; first with; which
            exchange was first; brand new; how many coins ... add; coins did ... add; coins ... added; markets ... added; what was listed; what got listed;
            added ... past; added ... last; be delisted; new markets; when ... listed; started trading; start trading; starts trading; begin trading; begins
            trading; began trading; went live; goes live; go live; going live; gone live; pre market; premarket; pre-market; coming to; comes to; arrivals;
            newcomers; newcomer; kicked off; gets removed; got removed; removed; removal; calendar; schedule of; trading of <coin> open; trading open; open
            for trading; opens for trading; opened for trading; opened trading; opening of trading; days before; hours before; ahead of <exchange>; lists
            earliest; lead time; announced; announcement; dropped by; drop from; taken off; taking off; gone from; axed; debuted; premiere; ido; ieo; ico;
            initial listing; first day; hit the market; hits the market; hit the exchanges; on the way; in the pipeline; pipeline; will be available; become
            available; became available; becoming available; land on; landed on; landing on; listed since; new since; not been there; first seen; first
            appeared; first appear; first available; since when; how long has ... been listed; how long has ... been on; how long has ... traded; listed so
            far; latest coin; latest pair; latest token; newest coin; newest token; newest listing; recent coin; recent token; fresh coin; new listing; newest
            ... <exchange>; fresh ... <exchange>; latest ... coin; newest ... coin; recent ... coin; what is fresh; what is latest; list new; newest pair;
            coin ... new; latest additions; recent additions; latest launch; newest additions; recently ... list; recently ... add; recently ... delist;
            recently ... launch; got <coin> first; had <coin> first; first had; first got; who got ... first; who had ... first; disappear; disappearing;
            vanish; vanishing; leaving; leave <exchange>; already listed; listed anywhere; list date; date of listing; pop up; popped up; what came to; came
            to <exchange>; arrived on; arrive on; arriving; how many exchanges list; exchanges list; given the boot; the boot; taken down; take down; takes
            down; turned up; turn up; sprouted; sprout; admitted; admission; admit; first date; catalogue; catalog; joined; join; joining; go out to market;
            come to market; comes to market; came to market; brought to market; introduced; introduce; introduces; introducing; rolled out; rolling out;
            onboard; onboarded; onboarding; unveiled; not there last; was not there; were not there; first by listing; broke the news; chucked off; booted;
            scrapped; did <exchange> add; has <exchange> added; about to be taken; who is usually first; usually first
        """,
        14: "new",
        8: "list; launch; upcoming; add; lists; new arrivals; came out; come out; dropped from; soon; just landed; hit <exchange>; additions; earliest",
        3: "first; recently; soon; <time>; latest",
    },
    "trending_not_on": {
        17: """
            top movers; biggest movers; movers; mooning; mooning on; pumping on; what is mooning; running hot; popular; not have; doesnt have; that <exchange>
            ... not; anything ... <exchange> not have; trend; only on; exclusive; only listed on; only available on; available only; only trades on; listed
            only; unique to; only at; only be found; not found elsewhere; nowhere else; what is hot; hot coins; hot right now; early gems; hidden gems; hot
            on; popular on; hot at; popular at; hyped on; hype; coins only; exist only; nobody else; no other exchange; no one else has; best movers; can be
            traded; can trade on; i can trade; what can i trade; everything on; everything tradable; tradable on; gaining traction; traction; exclusive to;
            can not buy on; not buy on; unavailable on; not available; not tradable; not traded; yet to be listed; yet to list; already on; others do not;
            others have not; only one exchange; one exchange; single exchange; trade on <exchange> only; <exchange> only $; only <exchange>; outside of; ahead
            of the crowd; under the radar; taking off; on fire; skyrocketing; exploding; blowing up; making noise; buzzing; booming; flying; that the others
            do not; that others do not; the others do not; other four do not; other four don't; others do not have; what is pumping; whats pumping; pumping;
            pump; missing out; only using; nowhere to be found; offer that; offers that; in demand; going off on; goin off; growing fast; gaining there; not
            admitted; yet active; catching on; catching fire; making waves; talk of; everyone talks; all the rage; set difference; can not find at; not find
            at; not find on; one can not; the ones on; list everything; listed on <exchange> and
        """,
        12: "hot",
        6: "give me the ones; anything big; anything",
        4: "available; carry; missing; not yet on; has but; that ... has; early; present",
    },
    "volume_sentiment": {
        60: """
            people buying or selling; people buying; people selling; more buyers; buyers than sellers; sellers than buyers; buyers or sellers; buy pressure;
            sell pressure; buying pressure; selling pressure; who trades the most
        """,
        26: "volume rise; volume rose; volume fall; volume up; volume down; volume change; volume since; volume compared; volume ... since",
        22: """
            volume; how lively; lively; liveliest; moves most; moves the most; dry up; dried up; drying up; got traded; gets traded; get traded; were traded;
            was traded; scared; greedy; afraid; in charge; bulls in; bears in; bulls are; bears are; sentiment
        """,
        20: """
            bullish; bearish; most active; fear and greed; mood; active; activity; traded most; most traded; traded the most; most heavily traded; heavily
            traded; how much ... traded; how much ... was traded; traded today; traded <time>; traded in <time>; market feeling; traded value; how is market
            feeling; money flow; feeling about; feel about; risk on; risk off; bull or bear; hands changed; changed hands; changes hands; how busy; relative
            volume; unusual activity; unusual trading; how heavily; heavily; turnover; share of trading; share of <coin> trading; share of volume; biggest
            share; market share; quiet market; dead market; everyone trading; people trading; more trading than; more trading; trading than usual; busier than
            usual; trade per day; trade a day; trade each day; trades per day; trades a day; daily trading; in control; sellers in control; buyers in control;
            buyers dominate; sellers dominate; seller dominate; who is winning; interest picking up; interest ... picking up; interest in <coin>; crowd;
            heating up; cooling down; cooling off; overheated; euphoric; panic; fear; greed; how much trading; trading is there; much trading; is anyone
            trading; how many trades; number of trades; trade count; how much money; capital flows; trades most; sell off; selloff; red or green; green or
            red; risk appetite; pumping volume; volume spike; spike in volume; traded more; traded less; trading activity; trade the most; trade most; trades
            the most; has been traded; is being traded; being traded; dealing; bustle; throughput; adv; vol24; flow; flows; where is the flow; nobody trading;
            not trading; stopped trading; everyone excited; excited; excitement; enthusiasm; enthusiastic; nervous; feeling for; positive or negative; more
            positive; more negative; hot or dry; heavy trading; thin trading; lion's share; herfindahl; concentration; changed owner; trade much; traded much;
            big spenders; lots of trading; being bought; being sold; net buying; net selling; buying more than selling
        """,
        13: """
            market feel; momentum; how much traded; busy; most popular exchange; how is the market; how are the markets; market today; inflow; inflows;
            outflow; outflows; traded; pressure; interest in; actively traded
        """,
        6: "usual; doubled",
        2: "feel",
    },
    "status": {
        60: "having problems; having issues; having trouble; order ... hangs; orders ... hang; order ... stuck; withdrawal ... stuck; deposit ... stuck",
        19: """
            <exchange> down; <exchange> up; is <exchange> working; is <exchange> ok; <exchange> working; <exchange> online; <exchange> offline; <exchange>
            live; exchanges are down; exchanges down; exchange is down; exchange are up; exchange are live; exchanges are online; <exchange> status; status
            of; system status; withdrawals open; deposits open; withdrawal ... open; deposit ... open; withdrawals on; wallet maintenance; under maintenance;
            how fresh; how stale; how old are; data age; age of data; last update; last updated; when was ... updated; updated; up to date; up and running;
            outage; uptime; can i withdraw; can i deposit; can you withdraw; able to withdraw; able to deposit; possible to withdraw; possible to deposit;
            withdrawal ... halted; deposit ... halted; withdrawal ... working; deposit ... working; wallet ... open; wallet ... working; wallets open; is
            pebble up; is pebble working; data delayed; data stale; data live; trading halted; trading ... halted; halted on; any outages; problems with
            <exchange>; issues with <exchange>; problems at <exchange>; issues at <exchange>; problem on <exchange>; <exchange> having; happened to
            <exchange>; going on with <exchange>; wrong with <exchange>; <exchange> respond; <exchange> broken; <exchange> maintenance; status; withdrawals
            suspended; deposits suspended; deposits paused; withdrawals paused; is data; latency; response time; <exchange> stale; <exchange> health; how
            healthy; health of; is <exchange> back; <exchange> data; data fresh; is the data fresh; last read; last poll; last seen; oldest quotes; oldest
            prices; oldest data; newest data; how long ago did you; how recent; how current; stale quotes; freshness; deposits for; withdrawals for; deposits
            ... open; oldest; which exchange is up; exchanges are up; how old is your data; how old is the; how old are the; how old are your; how old is
            data; healthy; how old are quotes; how old are prices; which exchanges are online; what exchanges are online; exchanges healthy; exchange down; is
            <exchange> down; any exchange down; no prices from; no price from; no data from; no quotes from; last hear; last heard; heard from; hear from; api
            ok; api working; api down; api status; api up; incidents; incident; getting data; get data from; receiving data; data from <exchange>;
            disconnected; connection; connected; reachable; in sync; out of sync; alive; <exchange> alive; <exchange> ok; <exchange> dead; <exchange> back;
            how up to date; age of newest; age of; ages of; newest quote; oldest quote; last tick; timestamp; timestamps; time stamp; missing data; why is
            <exchange> missing; why is <exchange> left out; why is <exchange> excluded; why is <exchange> not; what happened to; what is wrong with;
            <exchange> acting up; acting up; error; errors; erroring; hiccups; hiccup; glitches; timeouts; timeout; slow; slow today; trouble; network open;
            network congested; chain open; networks open; withdraw ... closed; withdraw ... open; withdraw ... network; deposit ... network; withdraw ...
            right now; withdraw ... now; deposit ... now; get my <coin> out; get <coin> out; take <coin> out; pull <coin> out; paused; suspended; frozen; is
            trading open; is trading paused; trading paused; trading suspended; suspended anywhere; resumed; resume; still up; still down; still working;
            still alive; feeds live; feeds working; all systems; systems go; operational; exchange health; down right now; which exchanges work; exchanges
            working; exchanges live; live exchanges; is <exchange> up; if <exchange> is up; <exchange> still up; hang; hangs; hanging; last ... price arrive;
            price arrive; prices arrive; did ... arrive; last price from; everything ok; everything fine; all good with; all right with; ok with <exchange>;
            is my data; data current; data is current; unreachable; since when is <exchange>; crashed again; dead again; prices frozen; feed frozen; last
            received; last got; come in; coming in; came in; last heartbeat; which network; which networks; on which networks; what networks; carked; gone
            off; not load; won't load; will not load; not loading; does not load; fallen; fallen over; degraded; healthcheck; upstreams; ping <exchange>;
            opperational; people move ... out; move ... out of; get ... out of; presently accepted; accept deposits; accepting deposits; accept withdrawals;
            accepting withdrawals; just now or; from just now; from this morning; functions; functioning
        """,
        14: "deposit; withdrawal; stale; wallet",
        10: "closed",
        9: "maintenance; halted; down; working; live; broken; online; offline; responding; health; respond; outdated",
        5: "data",
        3: "up; open; problem; update; running",
    },
    "help": {
        60: """
            what exchanges are there; which exchanges are there; list exchanges; list all exchanges; list of exchanges; what is a whale; how do you decide;
            how does pebble; how does pebble decide; what is a funding rate
        """,
        30: """
            how do you pick; how do you rank; how do you calculate; how do you choose; how do you find; how do you determine; how do you measure; how do you
            compute; how do you get your; example questions; some examples; give me examples; sample questions; what is the difference between; difference
            between spot; what is the meaning of; supposed to mean; in simple words; in simple terms; for beginners; in plain english; for dummies; how are
            ... ranked; how are ... calculated; how is ... calculated; how is ... ranked; what can you do; what can i ask; what exchanges are you; which
            exchanges are you; exchanges are you; are you watching; your methodology; methodology; how do i read; how to read; how should i read; how is ...
            worked out; how are ... worked out; worked out; how do you work; can not you do; manual; instructions; user guide; faq; point of this; purpose of
            this; what is this site; what is this for; about this site; about pebble; how many exchanges; how many coins do; how many coins are; do you track;
            do you follow; do you watch; how reliable; how trustworthy are your; what does ... score; deviation score; what is the deviation; what is the
            score; what is a score; confidence score; examples of what; what else can; what all can; capabilities; how can i use; show me how; walk me
            through; introduce yourself; what are your; your limits; why should i use; what makes you; i am new; newbie; getting started; get started; where
            do i start; how do i start; is it delayed; what time zone; do you store; do you sell; terms of; what is meant; in other words; stands for; tell me
            about <term>; i need help; what commands; what can i type; what can i search; list of commands; what kind of; what do you mean; fees do you; do
            you include fees; are fees included; fees counted; what fees do you; which fees do you; do you count fees; who made you; who built you; good
            question to ask; question to ask you; what would be a good question; which data do you; what data do you; how can i compare; how can i find; how
            can i see; how do i compare; how do i find; how do i see; how do i get to; what would you; your tables; on this page; on this site; in your table;
            in pebble; on pebble; i do not get it; what for; built you; made you; how exactly do you; running on; you running; what kinds of; does pebble
            support; does pebble cover; features does pebble; features; glossary; usage; def; be of assistance; of assistance; wetin; what means; what mean;
            what sort of things; can i enquire; what serves; for what serves; serves this; wats a; what are the features; what does ... mean for; in heaven's
            name; when it is at home; by what rule; how do you treat; how do you count; how do you handle; how do you define; explain the word; explain the
            term; to a lay reader; in your net; man pebble; how do you order; examples; idk what
        """,
        18: """
            what do you do; how do you know; how do you get; what questions; how do i use; how to use; who are you; what are you; what is pebble; which
            exchanges do you; what exchanges do you; exchanges do you support; exchanges are supported; exchanges do you cover; exchanges do you track; how
            does this work; how does it work; how does this site; what does ... mean; what is meant by; meaning of; definition of; define; explain; what is a;
            what is an; what are <term>; difference between a; ^ help $; help me understand; help ^; help please; tell me about yourself; where do you get;
            where does your data; where do your; your data come; data come from; data sources; your sources; how is ... measured; how does ... work; how do
            ... work; what does pebble; teach me; terminology; documentation; docs; tutorial; how often do you; do you have an api; is there an api; is there
            api; what do you know; what do you support; do you support; do you cover; how can you help; can you help; how are you able; what is this; what
            kind of questions; how accurate; which coins do you; what coins do you; which tokens do you; are you a bot; are you human; are you an ai; what is
            your name; need help; some help; i do not understand; eli5; why is it called; why do exchanges; why do prices; why does ... differ
        """,
        14: "guide; beginner; commands; limitations; how does the; what do the; privacy",
        6: "help; explain; what does; mean; understand; definition; how come; works",
    },
}
EVIDENCE = {**PRICES, **_OTHERS}

# A question that is nothing but "what is" and one of these asks for its meaning.
TERMS = """
funding; funding rate; funding rates; open interest; slippage; arbitrage; triangular arbitrage; liquidity; market depth; depth; order book; orderbook; spread;
bid ask spread; basis; contango; backwardation; perpetual; perpetual futures; perpetual swap; perp; perps; mark price; index price; copy trading; lead trader;
volume sentiment; trading volume; listing lead; price gap; taker fee; maker fee; maker and taker; price impact; basis point; basis points; bps; bp; futures;
options; max pain; implied volatility; put call ratio; leverage; stablecoin; apr; cost of carry; carry; sentiment; market order; limit order; delisting;
listing; receipt; confidence; stale; outlier; liquidity score; score; delta; gamma; strike; strike price; bid; ask; derivatives; derivative; volume; ticker;
token; crypto; blockchain; wallet; an exchange; exchange; impermanent loss; liquidation; long short ratio; sharpe; drawdown; roi; net price; arbitrage
opportunity; sharpe ratio; reference price; market cap; order; ath; pair; trading pair; candle; candlestick
"""
