package examples

import (
	"math"

	"sparksql/udfs"
)

func distanceKm() udfs.Def {
	return udfs.Scalar("distance_km", udfs.Fn4(haversine), udfs.Params("lat1", "lon1", "lat2", "lon2"), udfs.Cost(40),
		udfs.Doc("Returns the distance of two places on the globe, in kilometres; places are in degrees."),
		udfs.Shows("SELECT round(distance_km(52.52, 13.405, 48.137, 11.575), 1)", "504.3"))
}

const earthRadiusKm = 6371.0088

func haversine(lat1, lon1, lat2, lon2 float64) float64 {
	const degree = math.Pi / 180
	dLat, dLon := (lat2-lat1)*degree, (lon2-lon1)*degree
	h := square(math.Sin(dLat/2)) + math.Cos(lat1*degree)*math.Cos(lat2*degree)*square(math.Sin(dLon/2))
	return 2 * earthRadiusKm * math.Asin(math.Sqrt(min(1, h)))
}

func square(x float64) float64 { return x * x }
